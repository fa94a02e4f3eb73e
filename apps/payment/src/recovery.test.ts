import { expect, onTestFinished, test } from 'vitest';
import { aCharge, given, log } from './payment-for-tests.ts';
import { sandbox } from './processes-for-tests.ts';
import { recovery } from './recovery.ts';

const { url, charges, ail, heal } = await sandbox();

async function recovering() {
  const service = await given(url, { deadlineMs: 500 });
  const worker = recovery({ ...service, log, intervalMs: 20 });
  onTestFinished(worker.stop);
  return { ...service, start: worker.start };
}

test('a cancel that the provider could not take is finished when it is back', async () => {
  const { charge, cancel, payments, start } = await recovering();
  const wanted = aCharge();
  await charge(wanted);
  await ail({ errorRate: 1 });
  onTestFinished(async () => void (await heal()));
  await expect(cancel(wanted.orderId, wanted.userId)).rejects.toMatchObject({ kind: 'unavailable' });
  start();
  await heal();
  await expect.poll(() => payments.get(wanted.orderId)).toMatchObject({ status: 'REFUNDED' });
  expect(await charges(wanted.orderId)).toMatchObject([{ amountRefunded: 4_200 }]);
});

test('a reserved charge that nobody cancelled is left to order', async () => {
  const { payments, stripe, start } = await recovering();
  const [left, cancelled] = [aCharge(), aCharge()];
  for (const wanted of [left, cancelled]) {
    await payments.advance(wanted.orderId, await stripe.authorize(await payments.open(wanted)));
  }
  await payments.requestCancel(cancelled.orderId, cancelled.userId);
  start();
  await expect.poll(() => payments.get(cancelled.orderId)).toMatchObject({ status: 'VOIDED' });
  expect(await payments.get(left.orderId)).toMatchObject({ status: 'AUTHORIZED' });
  expect(await charges(left.orderId)).toMatchObject([{ status: 'requires_capture' }]);
});

test('cancels that fail again and again hold up no others', async () => {
  const { payments, charge, start } = await recovering();
  const hopeless = Array.from({ length: 12 }, () => aCharge());
  for (const [index, wanted] of hopeless.entries()) {
    await payments.open(wanted);
    await payments.advance(wanted.orderId, { status: 'AUTHORIZED', intentId: `pi_unknown${index}` });
    await payments.requestCancel(wanted.orderId, wanted.userId);
  }
  const wanted = aCharge();
  await charge(wanted);
  await payments.requestCancel(wanted.orderId, wanted.userId);
  start();
  await expect.poll(() => payments.get(wanted.orderId), { timeout: 5_000 }).toMatchObject({ status: 'REFUNDED' });
});
