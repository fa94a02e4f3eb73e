import { PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { database } from '@chandlery/database';
import { Failure } from '@chandlery/errors';
import { client, grpcServer, implement, type Methods } from '@chandlery/grpc';
import { logger } from '@chandlery/telemetry';
import { testDatabase } from '@chandlery/testing';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { checkout } from './checkout.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './store/tables.ts';

export const log = logger('order', 'silent');
export const alice = '0198c0de-0000-7000-8000-00000000a11c';

type Payments = Methods<typeof PaymentService>;
export const captured: Payments['charge'] = async ({ orderId, amount }) => ({
  orderId,
  amount,
  status: PaymentStatus.CAPTURED,
});
export const declined: Payments['charge'] = async ({ orderId }) => ({
  orderId,
  status: PaymentStatus.DECLINED,
  declineReason: 'insufficient_funds',
});
export const away: Payments['charge'] & Payments['cancel'] = async () => {
  throw new Failure('unavailable', 'the provider is away');
};

/** A payment service that does what the test says, behind real gRPC. */
async function paymentPeer(methods: Partial<Payments>) {
  const getPayment = away as never;
  const cancel: Payments['cancel'] = async ({ orderId }) => ({ orderId, status: PaymentStatus.REFUNDED });
  const current = { charge: captured, cancel, getPayment, ...methods };
  const forwarded: Payments = {
    charge: (...call) => current.charge(...call),
    cancel: (...call) => current.cancel(...call),
    getPayment,
  };
  const verify = async (token: string) => ({ kind: 'service' as const, id: token, token });
  const server = grpcServer({ log, verify, services: [implement(PaymentService, forwarded)] });
  const port = await server.listen(0, '127.0.0.1');
  const policy = { deadlineMs: 2_000, retry: false as const };
  const payments = client(PaymentService, { url: `127.0.0.1:${port}`, identity: async () => 'order', policy });
  onTestFinished(async () => {
    payments.close();
    await server.stop();
  });
  return { payments, current };
}

/** A shop with ten anchors at 100.00 and five ropes at 20.00, and its payment service. */
export async function givenShop(methods: Partial<Payments> = {}) {
  const url = await testDatabase(migrations);
  const db = database<Tables>(url, { max: 20 });
  onTestFinished(() => db.destroy());
  await sql`insert into products (sku, name, price_amount, price_currency, stock, initial)
    values ('ANC', 'Anchor', 10000, 'EUR', 10, 10), ('ROP', 'Rope', 2000, 'EUR', 5, 5)`.execute(db);
  const { payments, current } = await paymentPeer(methods);
  const orders = checkout(db, payments, log);
  const stock = async (sku: string) => {
    const columns = ['stock', 'reserved', 'sold'] as const;
    return db.selectFrom('products').select(columns).where('sku', '=', sku).executeTakeFirstOrThrow();
  };
  const events = async () => {
    const { rows } = await sql<{ type: string }>`select type from outbox order by position`.execute(db);
    return rows.map(({ type }) => type);
  };
  let keys = 0;
  const place = (items = [{ sku: 'ANC', quantity: 2 }], idempotencyKey = `key-${keys++}`, userId = alice) =>
    orders.place({ userId, idempotencyKey, items, paymentMethod: 'pm_card_visa' });
  return { url, db, orders, place, stock, events, payment: current };
}
