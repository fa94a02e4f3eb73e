import { PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { database, transaction } from '@chandlery/database';
import { Rejected, withDeadline } from '@chandlery/resilience';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cancelled, paid } from './checkout.ts';
import { away, captured, declined, givenShop } from './fixtures.ts';
import type { Tables } from './store/tables.ts';

test('a captured payment makes an order paid and its goods sold', async () => {
  const { place, stock, events } = await givenShop();
  const order = await place([
    { sku: 'ANC', quantity: 2 },
    { sku: 'ROP', quantity: 1 },
  ]);
  expect(order).toMatchObject({ status: 'paid', total: { amount: 22_000, currency: 'EUR' } });
  expect(await stock('ANC')).toEqual({ stock: 8, reserved: 0, sold: 2 });
  expect(await events()).toEqual(['order.created.v1', 'order.paid.v1']);
});

test('a decline cancels the order and gives the goods back', async () => {
  const { place, stock, events } = await givenShop({ charge: declined });
  expect(await place()).toMatchObject({ status: 'cancelled', reason: 'insufficient_funds' });
  expect(await stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
  expect(await events()).toEqual(['order.created.v1', 'order.cancelled.v1']);
});

test('where payment does not answer the order is pending and its goods reserved', async () => {
  const { place, stock } = await givenShop({ charge: away });
  expect(await place()).toMatchObject({ status: 'pending' });
  expect(await stock('ANC')).toEqual({ stock: 8, reserved: 2, sold: 0 });
});

test('the same SKU named twice is one line', async () => {
  const { place } = await givenShop();
  const order = await place([
    { sku: 'ROP', quantity: 1 },
    { sku: 'ROP', quantity: 2 },
  ]);
  expect(order.items).toEqual([{ sku: 'ROP', name: 'Rope', quantity: 3, price: { amount: 2_000, currency: 'EUR' } }]);
});

test('without enough stock nothing is ordered, not even what is there', async () => {
  const { place, stock, events } = await givenShop();
  const wanted = place([
    { sku: 'ANC', quantity: 1 },
    { sku: 'ROP', quantity: 6 },
  ]);
  await expect(wanted).rejects.toMatchObject({ kind: 'conflict', reason: 'out-of-stock', data: { sku: 'ROP' } });
  expect(await stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
  expect(await events()).toEqual([]);
});

test('an unknown SKU is not found', async () => {
  const { place } = await givenShop();
  await expect(place([{ sku: 'XXX', quantity: 1 }])).rejects.toMatchObject({
    kind: 'not_found',
    reason: 'unknown-sku',
  });
});

test('fifty buyers of the last five: five get one', async () => {
  const { place, stock } = await givenShop();
  const orders = await Promise.allSettled(Array.from({ length: 50 }, () => place([{ sku: 'ROP', quantity: 1 }])));
  expect(orders.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(await stock('ROP')).toEqual({ stock: 0, reserved: 0, sold: 5 });
});

test('the same key at the same time twenty times is one order', async () => {
  const { url, place, stock, db } = await givenShop();
  const others = database<Tables>(url);
  onTestFinished(() => others.destroy());
  const waiting = () =>
    sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const place20 = () => Promise.all(Array.from({ length: 20 }, () => place([{ sku: 'ANC', quantity: 1 }], 'same')));
  const placed = await transaction(others, async (tx) => {
    await tx.updateTable('products').set({ name: 'Anchor' }).where('sku', '=', 'ANC').execute();
    const orders = place20();
    await expect.poll(async () => (await waiting().execute(others)).rows.length).toBe(20);
    return { orders }; // not awaited: they come when the anchor is free
  });
  const orders = await placed.orders;
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  expect(await db.selectFrom('orders').select('id').execute()).toHaveLength(1);
  expect(await stock('ANC')).toEqual({ stock: 9, reserved: 0, sold: 1 });
});

test('a key with other goods is refused', async () => {
  const { place } = await givenShop();
  await place([{ sku: 'ANC', quantity: 1 }], 'same');
  const again = place([{ sku: 'ANC', quantity: 2 }], 'same');
  await expect(again).rejects.toMatchObject({ kind: 'unprocessable', reason: 'idempotency-key-reused' });
});

test('keys of two users are apart', async () => {
  const { place } = await givenShop();
  const bob = '0198c0de-0000-7000-8000-000000000b0b';
  const [one, two] = [await place(undefined, 'same'), await place(undefined, 'same', bob)];
  expect(one.id).not.toBe(two.id);
});

test('cancelling a paid order refunds it and puts the goods back', async () => {
  const { place, orders, stock } = await givenShop();
  const { id } = await place();
  expect(await orders.cancel(id, 'changed my mind')).toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
  expect(await stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
  expect(await orders.cancel(id, 'again')).toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
});

test('a cancellation that payment does not answer is remembered', async () => {
  const { place, orders, db } = await givenShop({ cancel: away });
  const { id } = await place();
  expect(await orders.cancel(id, 'changed my mind')).toMatchObject({ status: 'paid', cancelReason: 'changed my mind' });
  expect(await db.selectFrom('orders').select('cancel_reason').executeTakeFirst()).toEqual({
    cancel_reason: 'changed my mind',
  });
});

test('news that come twice or too late change nothing', async () => {
  const { place, db, stock, events } = await givenShop();
  const { id } = await place();
  await transaction(db, (tx) => paid(tx, id));
  await transaction(db, (tx) => cancelled(tx, id, 'refunded'));
  await transaction(db, (tx) => cancelled(tx, id, 'refunded'));
  await transaction(db, (tx) => paid(tx, id));
  expect(await stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
  expect(await events()).toEqual(['order.created.v1', 'order.paid.v1', 'order.cancelled.v1']);
});

test('news that come at the same time move the order once each, one after the other', async () => {
  const { place, db, stock, events } = await givenShop({ charge: away });
  const { id } = await place();
  const news = [paid, cancelled, paid, cancelled, paid, cancelled, paid, cancelled];
  await Promise.all(news.map((move) => transaction(db, (tx) => move(tx, id, 'refunded'))));
  expect(await stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
  const told = (await events()).slice(1).join(' ');
  expect(['order.cancelled.v1', 'order.paid.v1 order.cancelled.v1']).toContain(told);
});

test('the charge is for the order’s total', async () => {
  const charges: unknown[] = [];
  const { place } = await givenShop({
    charge: async (request, call) => {
      charges.push([request.orderId, request.amount, request.currency, request.paymentMethod, call.identity.id]);
      return captured(request, call);
    },
  });
  const { id } = await place();
  expect(charges).toEqual([[id, 20_000n, 'EUR', 'pm_card_visa', 'order']]);
});

test('a payment that was undone meanwhile cancels the order', async () => {
  const { place } = await givenShop({ charge: async ({ orderId }) => ({ orderId, status: PaymentStatus.VOIDED }) });
  expect(await place()).toMatchObject({ status: 'cancelled', reason: 'refunded' });
});

test('where the buyer’s time is over while payment is at work, the saga worker is told to come soon', async () => {
  const caller = new AbortController();
  const { place, db } = await givenShop({
    charge: async (request, call) => {
      caller.abort(new Rejected('caller', 'cancelled'));
      return captured(request, call);
    },
  });
  await expect(withDeadline('caller', 60_000, () => place(), caller.signal)).rejects.toMatchObject({
    reason: 'cancelled',
  });
  const soon = sql<boolean>`next_attempt_at < created_at + interval '9 seconds'`.as('soon');
  expect(await db.selectFrom('orders').select(['status', soon]).execute()).toEqual([{ status: 'pending', soon: true }]);
});
