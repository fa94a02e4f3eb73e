import { setTimeout as delay } from 'node:timers/promises';
import { type DatabaseName, query, type Sources } from './sources.ts';

const inOutbox = (service: string) => `(select count(*) from outbox)::int as "events in the outbox of ${service}"`;

/** Counts of what is open, each under the words for it. */
const open: Record<DatabaseName, string> = {
  orders: `select count(*) filter (where status = 'pending')::int as "orders pending",
    count(*) filter (where status = 'paid' and cancel_reason is not null)::int as "orders to cancel",
    ${inOutbox('order')} from orders`,
  payments: `select count(*)::int as "charges to undo", ${inOutbox('payment')} from payments
    where cancel_requested_at is not null and status in ('PENDING', 'AUTHORIZED', 'CAPTURED')`,
  notifications: `select count(*)::int as "mails to send", ${inOutbox('notification')} from mails where status = 'queued'`,
  users: `select ${inOutbox('user')}`,
};

/** How many orders have ended without notification having heard of it. */
async function unheard({ orders, notifications }: Sources['databases']): Promise<number> {
  const [told, heard] = await Promise.all([
    query<{ news: string }>(orders, `select 'order-' || status || id as news from orders where status <> 'pending'`),
    query<{ news: string }>(notifications, 'select template || order_id as news from mails'),
  ]);
  const known = new Set(heard.map(({ news }) => news));
  return told.filter(({ news }) => !known.has(news)).length;
}

/** What is still on its way, a line each; nothing when all is quiet. */
export async function onItsWay({ databases }: Sources): Promise<string[]> {
  const names = Object.keys(open) as DatabaseName[];
  const count = async (name: DatabaseName) =>
    (await query<Record<string, number>>(databases[name], open[name]))[0] ?? {};
  const counts = await Promise.all([...names.map(count), unheard(databases).then((n) => ({ 'events to hear of': n }))]);
  return counts.flatMap((row) => Object.entries(row)).flatMap(([what, n]) => (n > 0 ? [`${what}: ${n}`] : []));
}

export interface Patience {
  timeoutMs: number;
  /** Hears every few seconds what is waited for. */
  say?: (line: string) => void;
}

const SAY_EVERY_MS = 3_000;

/** Waits until nothing is on its way any more, and returns what still is when the time is up. A server that is away is waited for, too. */
export async function untilQuiet(sources: Sources, { timeoutMs, say = () => undefined }: Patience): Promise<string[]> {
  const end = Date.now() + timeoutMs;
  for (let next = 0; ; await delay(500)) {
    const late = Date.now() >= end;
    const left = await onItsWay(sources).catch((error) => {
      if (late) throw error;
      return [`servers: ${error.message || error.code}`];
    });
    if (left.length === 0 || late) return left;
    if (Date.now() < next) continue;
    say(left.join(', '));
    next = Date.now() + SAY_EVERY_MS;
  }
}
