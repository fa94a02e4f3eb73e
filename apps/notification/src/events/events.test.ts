import { orderCancelled, orderPaid } from '@chandlery/contracts/events/order';
import { userRegistered, userUpdated } from '@chandlery/contracts/events/user';
import { database } from '@chandlery/database';
import { bus as connect, consumer, deadLetters, type Message } from '@chandlery/messaging';
import { setDefence } from '@chandlery/resilience';
import { logger } from '@chandlery/telemetry';
import { testDatabase } from '@chandlery/testing';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { migrations } from '../migrations.ts';
import { mailStore } from '../store/mails.ts';
import type { Tables } from '../store/tables.ts';
import { onOrderCancelled } from './order-cancelled.ts';
import { onOrderPaid } from './order-paid.ts';
import { onUserRegistered } from './user-registered.ts';
import { onUserUpdated } from './user-updated.ts';

/** The consumer of this service on a real bus. */
async function given() {
  const db = database<Tables>(await testDatabase(migrations));
  const log = logger('notification', 'silent');
  const bus = await connect({ BUS_URL: await testDatabase() }, 'test', log);
  const handlers = [onUserRegistered, onUserUpdated, onOrderPaid, onOrderCancelled];
  const incoming = consumer({ bus, db, group: 'notification', handlers, log });
  incoming.start();
  onTestFinished(async () => {
    await incoming.stop();
    await bus.stop();
    await db.destroy();
  });
  return {
    bus,
    queued: () => db.selectFrom('mails').selectAll().orderBy('id').execute(),
    readers: () => db.selectFrom('recipients').select(['email', 'name']).execute(),
    lease: () => mailStore(db).lease(10, 0),
  };
}

const ids = () => ({ orderId: v7(), userId: v7() });
const order = { total: { amount: 1999, currency: 'EUR' }, items: [{ sku: 'ROPE-12', name: 'Rope', quantity: 3 }] };

const message = (event: { type: string; topic: string }, key: string, data: object): Message => {
  const { type, topic } = event;
  return { id: v7(), topic, key, type, source: 'test', time: new Date().toISOString(), data };
};

test('an order asks for a mail when it is paid and when it is cancelled, once each however often the events come', async () => {
  const { bus, queued } = await given();
  const { orderId, userId } = ids();
  const paid = message(orderPaid, orderId, { orderId, userId, ...order });
  const cancelled = message(orderCancelled, orderId, { orderId, userId, ...order, reason: 'refunded' });
  await bus.publish([paid, paid, cancelled, paid, cancelled]);
  const last = message(orderPaid, orderId, { ...ids(), ...order });
  await bus.publish([last]);
  await eventually(async () => (await queued()).length).toBe(3);
  expect(await queued()).toMatchObject([
    { event_id: paid.id, template: 'order-paid', order_id: orderId, user_id: userId },
    { event_id: cancelled.id, template: 'order-cancelled' },
    { event_id: last.id },
  ]);
});

test('with the inbox switched off each copy of an event asks for a mail', async () => {
  setDefence('inbox', false);
  onTestFinished(() => setDefence('inbox', true));
  const { bus, queued } = await given();
  const { orderId, userId } = ids();
  const paid = message(orderPaid, orderId, { orderId, userId, ...order });
  await bus.publish([paid, paid]);
  await eventually(async () => (await queued()).map((mail) => mail.order_id)).toEqual([orderId, orderId]);
});

test('a reader may become known after the order was paid', async () => {
  const { bus, queued, lease } = await given();
  const { orderId, userId } = ids();
  await bus.publish([message(orderPaid, orderId, { orderId, userId, ...order })]);
  await eventually(async () => (await queued()).length).toBe(1);
  expect(await lease()).toEqual([]);
  await bus.publish([message(userRegistered, userId, { userId, email: 'ada@example.org', name: 'Ada' })]);
  await eventually(lease).toMatchObject([{ orderId, email: 'ada@example.org', name: 'Ada' }]);
});

test('mails go to the newest address, also when an old event comes late', async () => {
  const { bus, readers } = await given();
  const { userId } = ids();
  const old = { userId, email: 'old@example.org', name: 'Ada' };
  const late = message(userUpdated, userId, old);
  await bus.publish([message(userRegistered, userId, old)]);
  await bus.publish([message(userUpdated, userId, { userId, email: 'new@example.org', name: 'Ada L.' })]);
  await bus.publish([late, message(userRegistered, userId, { ...old, userId: v7(), email: 'other@example.org' })]);
  await eventually(readers).toEqual([
    { email: 'new@example.org', name: 'Ada L.' },
    { email: 'other@example.org', name: 'Ada' },
  ]);
});

test('an order that cannot be written about is a dead letter with a reason, and holds nobody up', async () => {
  const { bus, queued } = await given();
  const { orderId, userId } = ids();
  const total = { amount: 1, currency: 'no currency' };
  await bus.publish([message(orderPaid, orderId, { orderId, userId, ...order, total })]);
  await bus.publish([message(orderPaid, v7(), { ...ids(), ...order })]);
  await eventually(async () => (await queued()).length).toBe(1);
  const letters = deadLetters({ bus, group: 'notification', topics: ['order'] });
  await eventually(async () => (await letters.list()).map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/currency/i),
  ]);
});
