import { Rejected, withDeadline } from '@chandlery/resilience';
import { expect, onTestFinished, test } from 'vitest';
import { aCharge, given } from './payment-for-tests.ts';
import { sandbox } from './processes-for-tests.ts';

const { url, charges, ail, heal } = await sandbox();

const captured = { status: 'succeeded', amount: 4_200, currency: 'eur', amountRefunded: 0 };

async function illness(fault: Parameters<typeof ail>[0]): Promise<void> {
  onTestFinished(async () => void (await heal()));
  await ail(fault);
}

test('twenty charges of one order at once are one charge', async () => {
  const { charge, events } = await given(url);
  const wanted = aCharge();
  await illness({ latencyMs: 100 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => charge(wanted)));
  expect(new Set(answers.map(({ id, status }) => `${id} ${status}`))).toEqual(new Set([`${answers[0]?.id} CAPTURED`]));
  expect(await charges(wanted.orderId)).toMatchObject([captured]);
  expect(await events(wanted.orderId)).toEqual(['payment.captured.v1']);
});

test.each([
  ['pm_card_chargeDeclined', 'generic_decline'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_authenticationRequired', 'authentication_required'],
  ['pm_card_unknown', 'resource_missing'],
])('%s is declined as %s, once and for all', async (paymentMethod, declineReason) => {
  const { charge, events } = await given(url);
  const wanted = aCharge({ paymentMethod });
  expect(await charge(wanted)).toMatchObject({ status: 'DECLINED', declineReason });
  expect(await charge(wanted)).toMatchObject({ status: 'DECLINED', declineReason });
  expect(await charges(wanted.orderId)).toEqual([]);
  expect(await events(wanted.orderId)).toEqual(['payment.declined.v1']);
});

test('a charge whose answers are lost is taken up by its repeat', async () => {
  const { charge } = await given(url);
  const wanted = aCharge();
  await illness({ dropAnswerRate: 1 });
  await expect(charge(wanted)).rejects.toMatchObject({ kind: 'unavailable', reason: 'provider-unavailable' });
  expect(await charges(wanted.orderId)).toMatchObject([{ status: 'requires_capture' }]);
  await heal();
  expect(await charge(wanted)).toMatchObject({ status: 'CAPTURED' });
  expect(await charges(wanted.orderId)).toMatchObject([captured]);
});

test('orders whose answers are lost at random are charged once each', async () => {
  const { charge, events } = await given(url);
  const orders = Array.from({ length: 20 }, () => aCharge());
  await illness({ dropAnswerRate: 0.4 });
  await expect
    .poll(
      () =>
        Promise.all(
          orders.map((order) =>
            charge(order).then(
              ({ status }) => status,
              () => 'unknown',
            ),
          ),
        ),
      { timeout: 15_000 },
    )
    .toEqual(orders.map(() => 'CAPTURED'));
  for (const { orderId } of orders) {
    expect(await charges(orderId)).toMatchObject([captured]);
    expect(await events(orderId)).toEqual(['payment.captured.v1']);
  }
});

test('a charge while the provider fails costs nothing, and works when it is back', async () => {
  const { charge, payments } = await given(url);
  const wanted = aCharge();
  await illness({ errorRate: 1 });
  await expect(charge(wanted)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await payments.find(wanted.orderId)).toMatchObject({ status: 'PENDING' });
  expect(await charges(wanted.orderId)).toEqual([]);
  await heal();
  expect(await charge(wanted)).toMatchObject({ status: 'CAPTURED' });
});

test('a provider that hangs is left when the time is over, and the order is free for the next try', async () => {
  const { charge } = await given(url, { deadlineMs: 300 });
  const wanted = aCharge();
  await illness({ hangRate: 1 });
  const began = performance.now();
  await expect(charge(wanted)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(performance.now() - began).toBeLessThan(1_500);
  await heal();
  await expect.poll(() => charge(wanted).catch(() => undefined)).toMatchObject({ status: 'CAPTURED' });
  expect(await charges(wanted.orderId)).toMatchObject([captured]);
});

test('a caller who goes while the provider is at work leaves the order free for the next', async () => {
  const { charge, payments } = await given(url, { leaseMs: 60_000 });
  const wanted = aCharge();
  await illness({ hangRate: 1 });
  const caller = new AbortController();
  const left = withDeadline('caller', 60_000, () => charge(wanted), caller.signal);
  await expect.poll(() => payments.find(wanted.orderId)).toBeDefined();
  caller.abort(new Rejected('caller', 'cancelled'));
  await expect(left).rejects.toMatchObject({ kind: 'unavailable' });
  await expect.poll(() => payments.lease(wanted.orderId, 1_000)).toBeDefined();
});

test.each([
  ['amount', { amount: 4_300 }],
  ['payment method', { paymentMethod: 'pm_card_chargeDeclined' }],
])('another %s for an order that has its charge is a conflict', async (_, other) => {
  const { charge } = await given(url);
  const wanted = aCharge();
  await charge(wanted);
  await expect(charge({ ...wanted, ...other })).rejects.toMatchObject({ kind: 'conflict', reason: 'charge-differs' });
  expect(await charges(wanted.orderId)).toMatchObject([captured]);
});
