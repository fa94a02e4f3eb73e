import pg from 'pg';
import type { DeadLetter } from './dead-letters.ts';

export type DatabaseName = 'orders' | 'payments' | 'notifications' | 'users';

/** Where the truth is. */
export interface Sources {
  databases: Record<DatabaseName, string>;
  /** URL of the outside world: provider's ledger and mailbox. */
  sandbox: string;
  /** Reads the dead-letter topics; without it they are not looked at. */
  deadLetterTopics?: () => Promise<DeadLetter[]>;
}

/** A place where a statement does not hold. */
export interface Breach {
  statement: string;
  order?: string;
  expected: string;
  found: string;
  /** The trace in which it began, where that is known. */
  trace?: string;
}

/** The rows of one query, over a connection of its own. */
export async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query that was under way fails, and says so
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** The items of one of the sandbox's lists. */
export async function items<Item>(url: string): Promise<Item[]> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch((cause) => {
    throw new Error(`${url} does not answer`, { cause });
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return ((await answer.json()) as { items: Item[] }).items;
}

/** SQL for the trace id in a column with a W3C trace context. */
export const traceOf = (column: string) => `split_part(${column}, '-', 2)`;
