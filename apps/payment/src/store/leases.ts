import type { Database } from '@chandlery/database';
import { sql } from 'kysely';
import type { Payment } from '../domain/payment.ts';
import { columns, now, type Tables } from './tables.ts';

/** The right to talk to the provider about an order. It ends by itself, so nobody's death keeps an order from the next. */
export interface Lease {
  orderId: string;
  number: number;
  /** As it stood when the lease began. */
  payment: Payment;
}

const free = sql<boolean>`coalesce(leased_until <= now(), true)`;

/** Who is at work on which order. */
export function leases(db: Database<Tables>) {
  return {
    /** Takes the order for one worker alone; undefined while another has it. */
    async lease(orderId: string, ms: number): Promise<Lease | undefined> {
      const taken = await db
        .updateTable('payments')
        .set({ lease: sql`lease + 1`, leased_until: sql`now() + ${ms} * interval '1 millisecond'` })
        .where('order_id', '=', orderId)
        .where(free)
        .returning([...columns, 'lease'])
        .executeTakeFirst();
      return taken && { orderId, number: taken.lease, payment: taken };
    },

    async release({ orderId, number }: Lease): Promise<void> {
      await db
        .updateTable('payments')
        .set({ leased_until: now })
        .where('order_id', '=', orderId)
        .where('lease', '=', number)
        .execute();
    },

    /** Orders whose cancel nobody is at work on, and that still may cost something; first those that were not tried for longest. */
    toUndo: (limit: number): Promise<Payment[]> =>
      db
        .selectFrom('payments')
        .select(columns)
        .where('cancel_requested_at', 'is not', null)
        .where('status', 'in', ['PENDING', 'AUTHORIZED', 'CAPTURED'])
        .where(free)
        .orderBy('leased_until', (order) => order.asc().nullsFirst())
        .limit(limit)
        .execute(),
  };
}
