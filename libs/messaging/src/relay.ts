import { type Backoff, backoffMs } from '@chandlery/resilience';
import { gauge, type Logger } from '@chandlery/telemetry';
import pg from 'pg';
import { bell } from './bell.ts';
import { directly } from './direct.ts';
import type { Bus } from './message.ts';
import { type OutboxRow, publishing } from './outbox-messages.ts';
import { pause } from './pause.ts';
import { persist, reason } from './persist.ts';

export interface RelayOptions {
  /** The service's database. */
  url: string;
  bus: Bus;
  /** The service's name, the `source` of its events. */
  source: string;
  log: Logger;
  batchSize?: number;
  /** How long a missed notification, or a dead relay, goes unnoticed. */
  pollMs?: number;
  backoff?: Backoff;
}

/**
 * Brings the outbox to the broker: in order, in batches, a row is deleted once the broker has it. Of several relays one works, the holder
 * of a lock that PostgreSQL takes back with its connection; the others stand by. Both the database and the broker are waited for, for ever.
 */
export function relay(options: RelayOptions) {
  const stopping = new AbortController();
  const woken = bell();
  let running = Promise.resolve();
  return {
    name: 'outbox relay',
    start(): void {
      directly(options);
      const session = () => relaying(options, stopping.signal, woken);
      running = persist(session, { signal: stopping.signal, log: options.log, away: () => true });
    },
    /** Finishes the batch in flight; what has not left stays in the outbox. */
    async stop(): Promise<void> {
      stopping.abort();
      woken.ring();
      await running;
    },
  };
}

async function relaying(options: RelayOptions, stopping: AbortSignal, woken: ReturnType<typeof bell>): Promise<void> {
  const { url, log, pollMs = 2_000, backoff = { baseMs: 200, maxMs: 10_000 } } = options;
  const client = listener(url, woken.ring);
  try {
    await client.connect();
    await client.query('listen outbox');
    for (let leading = false, failures = 0; !stopping.aborted; ) {
      leading ||= await lead(client);
      try {
        const more = leading && (await relayBatch(client, options));
        failures = 0;
        if (!more) await woken.wait(pollMs);
      } catch (error) {
        if (!(error instanceof BrokerAway)) throw error;
        log.warn({ reason: reason(error.cause), attempt: failures }, 'events wait for the broker');
        await pause(backoffMs(backoff, failures++), stopping);
      }
    }
  } finally {
    await client.end().catch(() => undefined); // what is broken need not be closed well
  }
}

function listener(connectionString: string, ring: () => void): pg.Client {
  const client = new pg.Client({
    connectionString,
    application_name: 'outbox relay',
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
    // the server notices within half a minute that we are gone without a word, and frees the lock
    options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  });
  for (const event of ['notification', 'error', 'end'] as const) client.on(event, ring);
  return client;
}

async function lead(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ leads: boolean }>(`select pg_try_advisory_lock(hashtext('outbox')) as leads`);
  return rows[0]?.leads ?? false;
}

class BrokerAway extends Error {}

interface Waiting extends OutboxRow {
  /** Seconds, by the clock of PostgreSQL. */
  age: number;
  /** Rows in the outbox, this one and those of later batches too. */
  pending: number;
}

const waiting = `
  select *, extract(epoch from now() - created_at)::float8 as age, (select count(*)::int from outbox) as pending
  from outbox order by position limit $1`;

/** True when there is more. */
async function relayBatch(client: pg.Client, { bus, source, batchSize = 100 }: RelayOptions): Promise<boolean> {
  const { rows } = await client.query<Waiting>(waiting, [batchSize]);
  observe(rows[0]);
  if (rows.length === 0) return false;
  await publishing(rows, source, bus).catch((cause) => {
    throw new BrokerAway('not published', { cause });
  });
  await client.query('delete from outbox where position = any($1::bigint[])', [rows.map(({ position }) => position)]);
  const more = rows.length === batchSize;
  if (!more) observe();
  return more;
}

function observe(oldest?: Waiting): void {
  gauge('outbox_pending', 'Events that the broker does not have yet').set(oldest?.pending ?? 0);
  gauge('outbox_age_seconds', 'Age of the oldest of them').set(oldest?.age ?? 0);
}
