import type { Statement } from './facts.ts';
import { type DatabaseName, query, type Sources, traceOf } from './sources.ts';

/** An event that its service has not handed to the broker. */
export interface OutboxRow {
  database: DatabaseName;
  type: string;
  /** Id of what the event is about. */
  key: string;
  since: string;
  trace: string | null;
}

export async function readOutboxes({ databases }: Sources): Promise<OutboxRow[]> {
  const names = Object.keys(databases) as DatabaseName[];
  const text = `select type, key, created_at::timestamptz(0)::text as since, ${traceOf('traceparent')} as trace
    from outbox order by position`;
  const read = async (database: DatabaseName) => {
    const rows = await query<Omit<OutboxRow, 'database'>>(databases[database], text);
    return rows.map((row) => ({ ...row, database }));
  };
  return (await Promise.all(names.map(read))).flat();
}

/** What was committed was also said. */
export const outboxesEmpty: Statement = ({ outbox, orders }) =>
  outbox.map(({ database, type, key, since, trace }) => ({
    statement: 'nothing stays in an outbox',
    ...(orders.has(key) && { order: key }),
    expected: `${type} of ${key} with the broker`,
    found: `in the outbox of ${database} since ${since}`,
    ...(trace && { trace }),
  }));
