import { httpServer } from '@chandlery/http';
import { freePort } from '@chandlery/testing/postgres';
import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { aCharge, given, log } from '../payment-for-tests.ts';
import { sandbox } from '../processes-for-tests.ts';
import { stripeWebhooks } from './webhooks.ts';

const secret = 'whsec_test';
const port = await freePort();
const { url, ail, heal } = await sandbox({
  WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/stripe`,
  WEBHOOK_SECRET: secret,
});

async function authorized() {
  const service = await given(url);
  const http = httpServer({ log });
  http.register(stripeWebhooks, { payments: service.payments, secret, log });
  onTestFinished(() => http.close());
  const { orderId } = await service.payments.open(aCharge());
  const { intentId } = await service.payments.advance(
    orderId,
    await service.stripe.authorize(await service.payments.get(orderId)),
  );
  const tell = async (type: string, object: object, signedWith = secret) => {
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: signedWith });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    return (await http.inject({ method: 'POST', url: '/webhooks/stripe', payload, headers })).statusCode;
  };
  const status = async () => (await service.payments.get(orderId)).status;
  const refund = { payment_intent: intentId, captured: true, refunded: true };
  return { ...service, orderId, http, tell, status, intent: { id: intentId }, refund };
}

test('a capture whose answer was lost is learnt from the provider', async () => {
  const { http, orderId, stripe, payments, status, events } = await authorized();
  await http.listen({ port, host: '127.0.0.1' });
  await ail({ dropAnswerRate: 1 });
  onTestFinished(async () => void (await heal()));
  await expect(stripe.capture(await payments.get(orderId))).rejects.toMatchObject({ kind: 'unavailable' });
  await expect.poll(status, { timeout: 5_000 }).toBe('CAPTURED');
  expect(await events(orderId)).toEqual(['payment.captured.v1']);
});

test('what is told twice happens once', async () => {
  const { tell, intent, refund, events, orderId } = await authorized();
  for (const _ of [1, 2]) expect(await tell('payment_intent.succeeded', intent)).toBe(200);
  for (const _ of [1, 2]) expect(await tell('charge.refunded', refund)).toBe(200);
  expect(await events(orderId)).toEqual(['payment.captured.v1', 'payment.refunded.v1']);
});

test('what is told in the wrong order does not lead back', async () => {
  const { tell, intent, refund, status } = await authorized();
  await tell('charge.refunded', refund);
  expect(await status()).toBe('REFUNDED');
  await tell('payment_intent.succeeded', intent);
  await tell('payment_intent.canceled', intent);
  expect(await status()).toBe('REFUNDED');
});

test('a reservation that the provider ended is voided, and called no refund', async () => {
  const { tell, intent, refund, status } = await authorized();
  await tell('charge.refunded', { ...refund, captured: false });
  expect(await status()).toBe('AUTHORIZED');
  await tell('payment_intent.canceled', intent);
  expect(await status()).toBe('VOIDED');
});

test('a part that went back is no refund of the order', async () => {
  const { tell, intent, refund, status } = await authorized();
  await tell('payment_intent.succeeded', intent);
  await tell('charge.refunded', { ...refund, refunded: false });
  expect(await status()).toBe('CAPTURED');
});

test('what nobody knows here is taken and changes nothing', async () => {
  const { tell, intent, status } = await authorized();
  expect(await tell('payment_intent.succeeded', { id: 'pi_of_somebody_else' })).toBe(200);
  expect(await tell('payment_intent.requires_action', intent)).toBe(200);
  expect(await status()).toBe('AUTHORIZED');
});

test('what the provider did not sign is refused', async () => {
  const { tell, http, intent, status } = await authorized();
  expect(await tell('payment_intent.succeeded', intent, 'whsec_other')).toBe(400);
  const unsigned = await http.inject({
    method: 'POST',
    url: '/webhooks/stripe',
    payload: { type: 'payment_intent.succeeded', data: { object: intent } },
  });
  expect(unsigned.statusCode).toBe(400);
  expect(unsigned.json()).toMatchObject({ type: 'urn:chandlery:problem:bad-signature' });
  expect(await status()).toBe('AUTHORIZED');
});
