import { sql } from 'kysely';
import type { Orders } from './tables.ts';

export interface Unfinished {
  id: string;
  attempts: number;
  createdAt: Date;
  cancelReason: string | null;
  traceparent: string | null;
}

/** Takes up to `limit` orders that are due, and makes them due again after `leaseMs`, should this worker not get to their end. */
export async function leaseUnfinished(db: Orders, limit: number, leaseMs: number): Promise<Unfinished[]> {
  const { rows } = await sql<Unfinished>`
    update orders set next_attempt_at = now() + ${leaseMs} * interval '1 millisecond', attempts = attempts + 1
    where id in (
      select id from orders
      where (status = 'pending' or (cancel_reason is not null and status <> 'cancelled')) and next_attempt_at <= now()
      order by next_attempt_at limit ${limit} for update skip locked)
    returning id, attempts, created_at as "createdAt", cancel_reason as "cancelReason", traceparent`.execute(db);
  return rows;
}

/** Makes an order due after `delayMs`. */
export async function dueIn(db: Orders, id: string, delayMs: number): Promise<void> {
  await db
    .updateTable('orders')
    .set({ next_attempt_at: sql<Date>`now() + ${delayMs} * interval '1 millisecond'` })
    .where('id', '=', id)
    .execute();
}
