import { type Database, transaction } from '@chandlery/database';
import { counter } from '@chandlery/telemetry';
import { sql } from 'kysely';
import { v7 } from 'uuid';
import { type Charge, type Payment, type PaymentStatus, transitions } from '../domain/payment.ts';
import { announce } from './announce.ts';
import { leases } from './leases.ts';
import { columns, now, type Tables } from './tables.ts';

/** What the provider has said of a payment. */
export interface Outcome {
  status: Exclude<PaymentStatus, 'PENDING'>;
  intentId?: string;
  declineReason?: string;
}

export type PaymentStore = ReturnType<typeof paymentStore>;

const became = counter('payments_total', 'Payments by what became of them', ['status']);

const tombstone = { amount: 0, currency: 'XXX', status: 'VOIDED' } as const;

/** The payments, one an order. One clock counts, that of the database. */
export function paymentStore(db: Database<Tables>) {
  const select = () => db.selectFrom('payments').select(columns);
  const find = (orderId: string): Promise<Payment | undefined> =>
    select().where('order_id', '=', orderId).executeTakeFirst();
  const get = (orderId: string): Promise<Payment> => select().where('order_id', '=', orderId).executeTakeFirstOrThrow();

  return {
    ...leases(db),
    find,
    get,

    findByIntent: (intentId: string): Promise<Payment | undefined> =>
      select().where('intent_id', '=', intentId).executeTakeFirst(),

    /** Writes down that the order is to be charged, unless something is written already; what is. */
    async open({ orderId, userId, amount, currency, paymentMethod }: Charge): Promise<Payment> {
      const opened = await db
        .insertInto('payments')
        .values({
          id: v7(),
          order_id: orderId,
          user_id: userId,
          amount,
          currency,
          payment_method: paymentMethod,
          status: 'PENDING',
        })
        .onConflict((conflict) => conflict.column('order_id').doNothing())
        .returning(columns)
        .executeTakeFirst();
      return opened ?? get(orderId);
    },

    /** Writes down that the order is to cost nothing, even where it is not known yet: then a charge that comes later finds its tombstone. */
    requestCancel: (orderId: string, userId: string): Promise<Payment> =>
      db
        .insertInto('payments')
        .values({ id: v7(), order_id: orderId, user_id: userId, ...tombstone, cancel_requested_at: now })
        .onConflict((conflict) =>
          conflict
            .column('order_id')
            .doUpdateSet({ cancel_requested_at: sql`coalesce(payments.cancel_requested_at, now())` }),
        )
        .returning(columns)
        .executeTakeFirstOrThrow(),

    /** Moves a payment to where the provider has it, if it may go there, and says so to the others; how it stands now. */
    async advance(orderId: string, { status, intentId, declineReason }: Outcome): Promise<Payment> {
      const moved = await transaction(db, async (tx) => {
        const payment = await tx
          .updateTable('payments')
          .set({
            status,
            updated_at: now,
            ...(intentId && { intent_id: intentId }),
            ...(declineReason && { decline_reason: declineReason }),
          })
          .where('order_id', '=', orderId)
          .where('status', 'in', transitions[status])
          .returning(columns)
          .executeTakeFirst();
        if (payment) await announce(tx, payment);
        return payment;
      });
      if (moved) became.inc({ status });
      return moved ?? get(orderId);
    },
  };
}
