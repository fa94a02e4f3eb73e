import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Charge } from './domain/payment.ts';
import { aCharge, given } from './payment-for-tests.ts';
import { sandbox } from './processes-for-tests.ts';

const { url, charges, ail, heal } = await sandbox();

const refunded = { status: 'succeeded', amount: 4_200, amountRefunded: 4_200 };
const voided = { status: 'canceled', amountRefunded: 4_200 };

/** An order whose money is reserved, and a process that died there: it had committed so, or not. */
async function authorized({ committed }: { committed: boolean }) {
  const service = await given(url);
  const wanted = aCharge();
  const pending = await service.payments.open(wanted);
  const outcome = await service.stripe.authorize(pending);
  if (committed) await service.payments.advance(wanted.orderId, outcome);
  return { ...service, ...wanted };
}

test('what was captured is refunded, once', async () => {
  const { charge, cancel, events } = await given(url);
  const wanted = aCharge();
  await charge(wanted);
  const answers = await Promise.all([1, 2, 3].map(() => cancel(wanted.orderId, wanted.userId)));
  expect(answers.map(({ status }) => status)).toEqual(['REFUNDED', 'REFUNDED', 'REFUNDED']);
  expect(await charges(wanted.orderId)).toMatchObject([refunded]);
  expect(await events(wanted.orderId)).toEqual(['payment.captured.v1', 'payment.refunded.v1']);
  expect(await charge(wanted)).toMatchObject({ status: 'REFUNDED' });
});

test.each([
  ['was committed', true],
  ['was lost with the process that had asked for it', false],
])('a reservation that %s is voided', async (_, committed) => {
  const { orderId, userId, cancel, events } = await authorized({ committed });
  expect(await cancel(orderId, userId)).toMatchObject({ status: 'VOIDED' });
  expect(await charges(orderId)).toMatchObject([voided]);
  expect(await events(orderId)).toEqual(['payment.voided.v1']);
});

test('what was captured by a process that died before it could say so is refunded', async () => {
  const { orderId, userId, payments, stripe, cancel, events } = await authorized({ committed: true });
  await stripe.capture(await payments.get(orderId));
  expect(await cancel(orderId, userId)).toMatchObject({ status: 'REFUNDED' });
  expect(await charges(orderId)).toMatchObject([refunded]);
  expect(await events(orderId)).toEqual(['payment.captured.v1', 'payment.refunded.v1']);
});

test('a worker that was frozen before its capture finds the payment voided', async () => {
  const { orderId, userId, payments, stripe, cancel } = await authorized({ committed: true });
  const stale = await payments.get(orderId);
  await cancel(orderId, userId);
  expect(await payments.advance(orderId, await stripe.capture(stale))).toMatchObject({ status: 'VOIDED' });
  expect(await charges(orderId)).toMatchObject([voided]);
});

test('an order that is cancelled before it is charged is never charged', async () => {
  const { charge, cancel, events } = await given(url);
  const wanted = aCharge();
  expect(await cancel(wanted.orderId, wanted.userId)).toMatchObject({ status: 'VOIDED', amount: 0 });
  expect(await charge(wanted)).toMatchObject({ status: 'VOIDED' });
  expect(await charges(wanted.orderId)).toEqual([]);
  expect(await events(wanted.orderId)).toEqual([]);
});

test('a declined order has nothing to undo', async () => {
  const { charge, cancel } = await given(url);
  const wanted = aCharge({ paymentMethod: 'pm_card_chargeDeclined' });
  await charge(wanted);
  expect(await cancel(wanted.orderId, wanted.userId)).toMatchObject({ status: 'DECLINED' });
});

test('a cancel that races a charge wins, whenever it comes', async () => {
  const { charge, cancel } = await given(url);
  await ail({ latencyMs: 30 });
  onTestFinished(async () => void (await heal()));
  const race = async (wanted: Charge, headStartMs: number) => {
    const charged = charge(wanted).catch(() => undefined);
    await delay(headStartMs);
    const { status } = await vi.waitFor(() => cancel(wanted.orderId, wanted.userId), { timeout: 20_000 });
    return { cancelled: status, charged: (await charged)?.status };
  };
  const orders = Array.from({ length: 20 }, () => aCharge());
  const answers = await Promise.all(orders.map((wanted, index) => race(wanted, index * 8)));
  const left = (await Promise.all(orders.map(({ orderId }) => charges(orderId)))).flat();
  expect(left.filter(({ amount, amountRefunded }) => amount !== amountRefunded)).toEqual([]);
  expect(answers.filter(({ cancelled }) => cancelled !== 'VOIDED' && cancelled !== 'REFUNDED')).toEqual([]);
  // a charge that was answered before the cancel came is the only one that may say otherwise
  expect(
    answers.filter(({ cancelled, charged }) => charged && charged !== cancelled && charged !== 'CAPTURED'),
  ).toEqual([]);
});
