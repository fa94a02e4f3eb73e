import { database } from '@chandlery/database';
import { logger } from '@chandlery/telemetry';
import { testDatabase } from '@chandlery/testing';
import { v7 } from 'uuid';
import { onTestFinished } from 'vitest';
import { cancelling } from './cancel.ts';
import { charging } from './charge.ts';
import type { Charge } from './domain/payment.ts';
import { migrations } from './migrations.ts';
import { provider } from './provider.ts';
import { settling } from './settle.ts';
import { paymentStore } from './store/payments.ts';
import type { Tables } from './store/tables.ts';

export const log = logger('payment', 'silent');

/** The charge of a new order. */
export const aCharge = (changed: Partial<Charge> = {}): Charge => ({
  orderId: v7(),
  userId: v7(),
  amount: 4_200,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
  ...changed,
});

/** Everything of this service that has no port, on a database of its own and the provider at `host`. */
export async function given(host: string, { deadlineMs = 2_000, leaseMs = 5_000 } = {}) {
  const db = database<Tables & { outbox: { position: number; type: string; key: string } }>(
    await testDatabase(migrations),
  );
  onTestFinished(() => db.destroy());
  const payments = paymentStore(db);
  const stripe = provider({ apiKey: 'sk_test_sandbox', host, deadlineMs });
  const settle = settling({ payments, provider: stripe, log, leaseMs });
  return {
    payments,
    stripe,
    settle,
    charge: charging(payments, settle),
    cancel: cancelling(payments, settle),
    /** The types of an order's events, oldest first. */
    async events(orderId: string): Promise<string[]> {
      const rows = await db
        .selectFrom('outbox')
        .select('type')
        .where('key', '=', orderId)
        .orderBy('position')
        .execute();
      return rows.map(({ type }) => type);
    },
  };
}
