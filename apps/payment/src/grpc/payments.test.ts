import { newKey, ownIdentity, publicKeys, signer, verifier } from '@chandlery/auth';
import { PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { client, grpcServer } from '@chandlery/grpc';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { aCharge, given, log } from '../payment-for-tests.ts';
import { sandbox } from '../processes-for-tests.ts';
import { paymentService } from './payments.ts';

const { url } = await sandbox();
const keys = { order: newKey('order'), gateway: newKey('gateway') };
const people = signer(`{"keys":[${newKey('user-1')}]}`);
const verify = verifier({ userKeys: people.jwks(), serviceKeys: publicKeys(keys.order, keys.gateway) });
const tokenOf = (userId: string) => people.sign({ userId, sessionId: v7() });

/** The service, called by another; a call can carry a user's token. */
async function calledBy(service: 'order' | 'gateway') {
  const parts = await given(url);
  const server = grpcServer({ log, verify, services: [paymentService(parts)] });
  onTestFinished(server.stop);
  const port = await server.listen(0, '127.0.0.1');
  const peer = client(PaymentService, { url: `127.0.0.1:${port}`, identity: ownIdentity(service, keys[service]) });
  onTestFinished(peer.close);
  return { ...peer, parts };
}

const asked = () => ({ ...aCharge(), amount: 4_200n });

test('order charges, looks and cancels', async () => {
  const { charge, getPayment, cancel } = await calledBy('order');
  const request = asked();
  const { orderId, userId } = request;
  const charged = await charge(request);
  expect(charged).toMatchObject({
    orderId,
    status: PaymentStatus.CAPTURED,
    amount: 4_200n,
    currency: 'EUR',
    declineReason: '',
  });
  expect(Math.abs(Number(charged.updatedAt?.seconds) - Date.now() / 1000)).toBeLessThan(60);
  expect(await getPayment({ orderId })).toEqual(charged);
  expect(await cancel({ orderId, userId })).toMatchObject({ id: charged.id, status: PaymentStatus.REFUNDED });
});

test('a decline is an answer, with the provider’s code', async () => {
  const { charge } = await calledBy('order');
  const answer = await charge({ ...asked(), paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
  expect(answer).toMatchObject({ status: PaymentStatus.DECLINED, declineReason: 'insufficient_funds' });
});

test('a user sees the own payment, and nobody else’s', async () => {
  const { getPayment, parts } = await calledBy('gateway');
  const { orderId, userId } = await parts.charge(aCharge());
  expect(await getPayment({ orderId }, { token: await tokenOf(userId) })).toMatchObject({ orderId });
  const stranger = { token: await tokenOf(v7()) };
  await expect(getPayment({ orderId }, stranger)).rejects.toMatchObject({ kind: 'not_found' });
  await expect(getPayment({ orderId: v7() }, stranger)).rejects.toMatchObject({ kind: 'not_found' });
  await expect(getPayment({ orderId })).rejects.toMatchObject({ kind: 'not_found' });
});

test('neither users nor other services charge or cancel', async () => {
  const { charge, cancel, parts } = await calledBy('gateway');
  const request = asked();
  for (const call of [{}, { token: await tokenOf(request.userId) }]) {
    await expect(charge(request, call)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(cancel(request, call)).rejects.toMatchObject({ kind: 'forbidden' });
  }
  expect(await parts.payments.find(request.orderId)).toBeUndefined();
});

const wrong: [field: string, change: object][] = [
  ['orderId', { orderId: 'one' }],
  ['userId', { userId: '' }],
  ['amount', { amount: 0n }],
  ['amount', { amount: -1n }],
  ['amount', { amount: 2n ** 60n }],
  ['currency', { currency: 'euro' }],
  ['paymentMethod', { paymentMethod: '' }],
];

test('a charge that cannot be one is refused with its field, before anything is written', async () => {
  const { charge, parts } = await calledBy('order');
  for (const [field, change] of wrong) {
    const request = asked();
    await expect(charge({ ...request, ...change })).rejects.toMatchObject({ kind: 'invalid', fields: [{ field }] });
    expect(await parts.payments.find(request.orderId)).toBeUndefined();
  }
});
