import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { logger } from '@chandlery/telemetry';
import Stripe from 'stripe';
import { expect, onTestFinished, test, vi } from 'vitest';
import { app } from './app.ts';
import { clock } from './clock.ts';
import { faults } from './faults.ts';
import { ledger } from './store/ledger.ts';
import { type Receiver, webhooks } from './webhooks.ts';

const log = logger('sandbox', 'silent');
const secret = 'whsec_test';
const hasty = { ...clock, wait: (ms: number, signal: AbortSignal) => clock.wait(ms / 10, signal) };

/** Verifies what it is sent as a shop would, and answers the statuses in turn, then 200. */
async function shop(statuses: number[] = [], port = 0) {
  const stripe = new Stripe('sk_test_1');
  const seen: { status: number; event: Stripe.Event }[] = [];
  const server = createServer(async (request, response) => {
    const header = request.headers['stripe-signature'] as string;
    const event = stripe.webhooks.constructEvent(await text(request), header, secret);
    const status = statuses.shift() ?? 200;
    seen.push({ status, event });
    response.writeHead(status).end();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  onTestFinished(async () => void (await close()));
  return { seen, close, port: (server.address() as AddressInfo).port };
}

function temporary() {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function given(receiver: Receiver | undefined, directory = temporary()) {
  const book = ledger(directory);
  const hooks = webhooks({ receiver, ledger: book, log, clock: hasty });
  const server = app({ ledger: book, faults: faults(), webhooks: hooks, log });
  const { hostname: host, port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  hooks.start();
  const stop = vi.fn(async () => {
    await server.close();
    await hooks.stop();
    book.close();
  });
  onTestFinished(async () => {
    if (stop.mock.calls.length === 0) await stop();
  });
  return { stripe: new Stripe('sk_test_1', { host, port, protocol: 'http', telemetry: false }), book, hooks, stop };
}

const order = { amount: 900, currency: 'eur', payment_method: 'pm_card_visa', confirm: true } as const;
const to = (port: number) => ({ url: `http://127.0.0.1:${port}/webhooks`, secret });

test('tells, with a valid signature, what happened to intents and charges', async () => {
  const { seen, port } = await shop();
  const { stripe } = await given(to(port));
  const manual = { ...order, capture_method: 'manual' } as const;
  const first = await stripe.paymentIntents.create(manual);
  await stripe.paymentIntents.capture(first.id);
  await stripe.refunds.create({ payment_intent: first.id });
  const second = await stripe.paymentIntents.create(manual);
  await stripe.paymentIntents.cancel(second.id);
  const declined = stripe.paymentIntents.create({ ...order, payment_method: 'pm_card_chargeDeclined' });
  await expect(declined).rejects.toMatchObject({ statusCode: 402 });
  await vi.waitFor(() => expect(seen).toHaveLength(6), 5_000);
  const told = seen.map(({ event }) => [event.type, (event.data.object as { id: string }).id]);
  expect(told.toSorted()).toEqual(
    [
      ['payment_intent.amount_capturable_updated', first.id],
      ['payment_intent.succeeded', first.id],
      ['charge.refunded', first.id.replace('pi_', 'ch_')],
      ['payment_intent.amount_capturable_updated', second.id],
      ['payment_intent.canceled', second.id],
      ['payment_intent.payment_failed', expect.stringMatching(/^pi_/)],
    ].toSorted(),
  );
});

test('tells an event again until it is taken, and then no more', async () => {
  const { seen, port } = await shop([500, 404, 302]);
  const { stripe, book } = await given(to(port));
  await stripe.paymentIntents.create(order);
  await vi.waitFor(() => expect(book.deliveries.nextAt()).toBeUndefined(), 10_000);
  expect(seen.map(({ status }) => status)).toEqual([500, 404, 302, 200]);
  expect(new Set(seen.map(({ event }) => event.id)).size).toBe(1);
});

test('what could not be told before a restart is told after it', async () => {
  const directory = temporary();
  const away = await shop();
  await away.close();
  const before = await given(to(away.port), directory);
  const { id } = await before.stripe.paymentIntents.create(order);
  await before.stop();
  const { seen } = await shop([], away.port);
  await given(to(away.port), directory);
  await vi.waitFor(() => expect(seen).toHaveLength(1), 10_000);
  expect(seen[0]?.event.data.object).toMatchObject({ id, status: 'succeeded' });
});

test('an event of what did not happen is not told', async () => {
  const { seen, port } = await shop();
  const { book, hooks, stripe } = await given(to(port));
  const failing = () => {
    hooks.emit('payment_intent.succeeded', { id: 'pi_never' });
    throw new Error('disk full');
  };
  expect(() => book.transaction(failing)).toThrow('disk full');
  const { id } = await stripe.paymentIntents.create(order);
  await vi.waitFor(() => expect(seen).toHaveLength(1), 5_000);
  expect(seen[0]?.event.data.object).toMatchObject({ id });
});

test('without a receiver nothing is queued', async () => {
  const { stripe, book } = await given(undefined);
  await stripe.paymentIntents.create(order);
  expect(book.deliveries.nextAt()).toBeUndefined();
});
