import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '@chandlery/telemetry';
import Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { app } from './app.ts';
import { clock } from './clock.ts';
import { faults } from './faults.ts';
import { ledger } from './store/ledger.ts';
import { webhooks } from './webhooks.ts';

const log = logger('sandbox', 'silent');

async function given() {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const book = ledger(directory);
  const hooks = webhooks({ receiver: undefined, ledger: book, log });
  const illness = faults();
  const time = { ...clock, aheadMs: 0, now: () => Date.now() + time.aheadMs };
  const server = app({ ledger: book, faults: illness, webhooks: hooks, log, clock: time });
  const { hostname: host, port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  onTestFinished(async () => {
    illness.clear();
    await server.close();
    book.close();
    rmSync(directory, { recursive: true });
  });
  const options = { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false } as const;
  const client = (more: object = {}) => new Stripe('sk_test_1', { ...options, ...more });
  return { client, book, illness, time };
}

const order = { amount: 900, currency: 'eur', payment_method: 'pm_card_visa', confirm: true } as const;
const key = { idempotencyKey: 'order-1' };
const replayed = ({ lastResponse }: { lastResponse: { headers: Record<string, string> } }) =>
  lastResponse.headers['idempotent-replayed'];

test('gives the first answer to a key again, whatever has happened since', async () => {
  const { client, book } = await given();
  const stripe = client();
  const first = await stripe.paymentIntents.create({ ...order, capture_method: 'manual' }, key);
  await stripe.paymentIntents.capture(first.id);
  const second = await stripe.paymentIntents.create({ capture_method: 'manual', ...order }, key);
  expect(second).toEqual(first);
  expect([replayed(first), replayed(second)]).toEqual([undefined, 'true']);
  expect(book.intents.charged()).toHaveLength(1);
});

test('gives the same refusal again', async () => {
  const { client, book } = await given();
  const declined = { ...order, payment_method: 'pm_card_chargeDeclined' };
  const attempt = () =>
    client()
      .paymentIntents.create(declined, key)
      .then(Promise.reject, (error) => error);
  const [first, second] = [await attempt(), await attempt()];
  expect(second.payment_intent).toEqual(first.payment_intent);
  expect([first.statusCode, second.statusCode]).toEqual([402, 402]);
  expect([replayed({ lastResponse: first }), replayed({ lastResponse: second })]).toEqual([undefined, 'true']);
  expect(book.intents.list({ limit: 10 })).toHaveLength(1);
});

test('refuses a key that comes with other parameters or at another endpoint', async () => {
  const { client } = await given();
  const stripe = client();
  const { id } = await stripe.paymentIntents.create({ ...order, capture_method: 'manual' }, key);
  const misuse = { type: 'StripeIdempotencyError', statusCode: 400 };
  await expect(stripe.paymentIntents.create({ ...order, amount: 901 }, key)).rejects.toMatchObject(misuse);
  const another = { idempotencyKey: 'order-1-capture' };
  await stripe.paymentIntents.capture(id, {}, another);
  await expect(stripe.paymentIntents.cancel(id, {}, another)).rejects.toMatchObject(misuse);
});

test('keeps nothing of a request that is not valid', async () => {
  const { client } = await given();
  await expect(client().paymentIntents.create({ ...order, amount: 0 }, key)).rejects.toMatchObject({ statusCode: 400 });
  expect(await client().paymentIntents.create(order, key)).toMatchObject({ status: 'succeeded' });
});

test('twenty requests with one key at once make one charge', async () => {
  const { client, book } = await given();
  const intents = await Promise.all(Array.from({ length: 20 }, () => client().paymentIntents.create(order, key)));
  expect(new Set(intents.map(({ id }) => id)).size).toBe(1);
  expect(book.intents.charged()).toHaveLength(1);
});

test('refuses a key while its first request is in progress, and the client comes back', async () => {
  const { client, book, illness } = await given();
  illness.set({ target: 'payments', latencyMs: 100 });
  const attempts = await Promise.allSettled([1, 2, 3].map(() => client().paymentIntents.create(order, key)));
  const refused = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []));
  expect(refused).toHaveLength(2);
  for (const error of refused) expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });

  const stripe = client({ maxNetworkRetries: 2 });
  const again = { idempotencyKey: 'order-2' };
  await Promise.all([stripe.paymentIntents.create(order, again), stripe.paymentIntents.create(order, again)]);
  expect(book.intents.charged()).toHaveLength(2);
});

test('a request whose answer was lost is repeated without a second charge', async () => {
  const { client, book, illness } = await given();
  illness.set({ target: 'payments', dropAnswerRate: 1 });
  await expect(client().paymentIntents.create(order, key)).rejects.toMatchObject({ type: 'StripeConnectionError' });
  expect(book.intents.charged()).toHaveLength(1);
  illness.clear();
  const intent = await client().paymentIntents.create(order, key);
  expect([intent.status, replayed(intent)]).toEqual(['succeeded', 'true']);
  expect(book.intents.charged().map(({ id }) => id)).toEqual([intent.id]);
});

test('forgets a key after 24 hours', async () => {
  const { client, book, time } = await given();
  const first = await client().paymentIntents.create(order, key);
  time.aheadMs = 24 * 60 * 60 * 1000 - 5_000;
  expect((await client().paymentIntents.create(order, key)).id).toBe(first.id);
  time.aheadMs += 10_000;
  expect((await client().paymentIntents.create(order, key)).id).not.toBe(first.id);
  expect(book.intents.charged()).toHaveLength(2);
});
