import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '@chandlery/telemetry';
import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { app } from './app.ts';
import { faults } from './faults.ts';
import { ledger } from './store/ledger.ts';
import { webhooks } from './webhooks.ts';

const log = logger('sandbox', 'silent');

async function given(key = 'sk_test_1') {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const book = ledger(directory);
  const hooks = webhooks({ receiver: undefined, ledger: book, log });
  const server = app({ ledger: book, faults: faults(), webhooks: hooks, log });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await server.close();
    book.close();
    rmSync(directory, { recursive: true });
  });
  const { hostname: host, port } = new URL(address);
  const stripe = new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
  const charges = async (query = '') => {
    const answer = await fetch(`${address}/sandbox/charges${query}`);
    return ((await answer.json()) as { items: object[] }).items;
  };
  return { address, stripe, charges };
}

const order = (paymentMethod: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) => ({
  amount: 4200,
  currency: 'eur',
  payment_method: paymentMethod,
  confirm: true,
  metadata: { orderId: 'order-1' },
  ...more,
});

test('reserves money, takes it, and gives a part and then the rest of it back', async () => {
  const { stripe, charges } = await given();
  const intent = await stripe.paymentIntents.create(order('pm_card_visa', { capture_method: 'manual' }));
  expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 4200, amount_received: 0 });
  expect(intent.lastResponse.requestId).toMatch(/^req_/);

  const captured = await stripe.paymentIntents.capture(intent.id);
  expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 4200 });
  expect(await stripe.paymentIntents.retrieve(intent.id)).toEqual(captured);
  const charge = { id: captured.latest_charge, orderId: 'order-1', amount: 4200, currency: 'eur', status: 'succeeded' };
  expect(await charges()).toEqual([{ ...charge, amountRefunded: 0 }]);

  await stripe.refunds.create({ payment_intent: intent.id, amount: 1200 });
  expect(await charges()).toEqual([{ ...charge, amountRefunded: 1200 }]);
  await stripe.refunds.create({ charge: captured.latest_charge as string, reason: 'requested_by_customer' });
  expect(await charges('?orderId=order-1')).toEqual([{ ...charge, amountRefunded: 4200 }]);
  expect(await charges('?orderId=order-2')).toEqual([]);
  const refunds = await stripe.refunds.list({ payment_intent: intent.id });
  expect(refunds.data.map(({ amount, status }) => [amount, status])).toEqual([
    [3000, 'succeeded'],
    [1200, 'succeeded'],
  ]);
});

test('takes the money at once unless capture is manual', async () => {
  const { stripe } = await given();
  expect(await stripe.paymentIntents.create(order('pm_card_visa'))).toMatchObject({ status: 'succeeded' });
});

test('takes a part of what was reserved, and no more than that can be refunded', async () => {
  const { stripe, charges } = await given();
  const { id } = await stripe.paymentIntents.create(order('pm_card_visa', { capture_method: 'manual' }));
  await expect(stripe.paymentIntents.capture(id, { amount_to_capture: 4201 })).rejects.toMatchObject({
    code: 'amount_too_large',
  });
  await stripe.paymentIntents.capture(id, { amount_to_capture: 4000 });
  expect(await charges()).toMatchObject([{ amount: 4000 }]);
  await expect(stripe.refunds.create({ payment_intent: id, amount: 4001 })).rejects.toMatchObject({
    type: 'StripeInvalidRequestError',
    param: 'amount',
  });
  await stripe.refunds.create({ payment_intent: id });
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  expect(await charges()).toMatchObject([{ amount: 4000, amountRefunded: 4000 }]);
});

test('gives reserved money back when the intent is cancelled', async () => {
  const { stripe, charges } = await given();
  const { id } = await stripe.paymentIntents.create(order('pm_card_visa', { capture_method: 'manual' }));
  const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
  expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0 });
  expect(await charges()).toMatchObject([{ status: 'canceled', amount: 4200, amountRefunded: 4200 }]);
});

test('refuses what the state of an intent does not allow, and shows the intent', async () => {
  const { stripe } = await given();
  const { id } = await stripe.paymentIntents.create(order('pm_card_visa', { capture_method: 'manual' }));
  const unexpected = (status: string) => ({
    type: 'StripeInvalidRequestError',
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
    payment_intent: { id, status },
  });
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject(unexpected('requires_capture'));
  await stripe.paymentIntents.capture(id);
  await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject(unexpected('succeeded'));
  await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject(unexpected('succeeded'));
});

test.each([
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
])('declines %s as Stripe does', async (method, code, declineCode) => {
  const { stripe, charges } = await given();
  const attempt = stripe.paymentIntents.create(order(method, { off_session: true }));
  const error: Stripe.errors.StripeCardError = await attempt.then(Promise.reject, (reason) => reason);
  expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode });
  expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', latest_charge: null });
  const kept = await stripe.paymentIntents.retrieve(error.payment_intent?.id as string);
  expect(kept.last_payment_error).toMatchObject({ code, decline_code: declineCode });
  expect(await charges()).toEqual([]);
});

test('confirms an intent in a second step, and cancels one that was declined', async () => {
  const { stripe } = await given();
  const first = await stripe.paymentIntents.create(order('pm_card_visa', { confirm: false }));
  expect(first.status).toBe('requires_confirmation');
  expect(await stripe.paymentIntents.confirm(first.id)).toMatchObject({ status: 'succeeded' });

  const second = await stripe.paymentIntents.create({ amount: 100, currency: 'eur' });
  expect(second.status).toBe('requires_payment_method');
  await expect(stripe.paymentIntents.confirm(second.id)).rejects.toMatchObject({ statusCode: 400 });
  const declined = stripe.paymentIntents.confirm(second.id, { payment_method: 'pm_card_chargeDeclined' });
  await expect(declined).rejects.toMatchObject({ statusCode: 402 });
  expect(await stripe.paymentIntents.cancel(second.id)).toMatchObject({ status: 'canceled' });
});

test('says which thing does not exist', async () => {
  const { stripe, address } = await given();
  const missing = (statusCode: number, param: string) => ({ statusCode, param, code: 'resource_missing' });
  await expect(stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject(missing(404, 'intent'));
  await expect(stripe.paymentIntents.capture('pi_none')).rejects.toMatchObject(missing(404, 'intent'));
  await expect(stripe.refunds.create({ payment_intent: 'pi_none' })).rejects.toMatchObject(
    missing(400, 'payment_intent'),
  );
  await expect(stripe.refunds.create({ charge: 'ch_none' })).rejects.toMatchObject(missing(400, 'charge'));
  await expect(stripe.refunds.retrieve('re_none')).rejects.toMatchObject(missing(404, 'refund'));
  const unknown = stripe.paymentIntents.create(order('pm_card_unheardOf'));
  await expect(unknown).rejects.toMatchObject(missing(400, 'payment_method'));
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 404, type: 'StripeInvalidRequestError' });
  expect((await fetch(`${address}/sandbox/mails/none`)).status).toBe(404);
});

test('lists intents newest first, page by page', async () => {
  const { stripe } = await given();
  const made: string[] = [];
  for (const amount of [1, 2, 3, 4, 5]) {
    made.unshift((await stripe.paymentIntents.create({ amount, currency: 'eur' })).id);
  }
  expect(await stripe.paymentIntents.list({ limit: 2 })).toMatchObject({ has_more: true, url: '/v1/payment_intents' });
  const all = await stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
  expect(all.map(({ id }) => id)).toEqual(made);
});

test.each(['sk_live_1', 'pk_test_1', 'nonsense'])('takes no key like %s', async (key) => {
  const { stripe } = await given(key);
  await expect(stripe.paymentIntents.list()).rejects.toMatchObject({
    type: 'StripeAuthenticationError',
    statusCode: 401,
  });
});

test('takes no request without a key, and no JSON', async () => {
  const { address } = await given();
  expect((await fetch(`${address}/v1/payment_intents`)).status).toBe(401);
  const headers = { authorization: 'Bearer sk_test_1', 'content-type': 'application/json' };
  const answer = await fetch(`${address}/v1/payment_intents`, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(415);
  expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
});
