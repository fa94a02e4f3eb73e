import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anchor, data, newCustomer, password, processOf } from './shop.ts';

interface Span {
  name: string;
  service: string;
  kind: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Record<string, unknown>;
}

const spansOf = async (traceId: string): Promise<Span[]> => {
  const answer = await fetch(new URL(`/traces/${traceId}`, processOf('local').http));
  return answer.ok ? ((await answer.json()) as { spans: Span[] }).spans : [];
};

/** The way from the first span to the one of this name, as text. */
async function wayTo(traceId: string, name: string): Promise<string[]> {
  const spans = await spansOf(traceId);
  const parentOf = (span: Span) => spans.find(({ spanId }) => spanId === span.parentSpanId);
  const way: string[] = [];
  for (let at = spans.find((span) => span.name === name); at; at = parentOf(at)) {
    way.unshift(`${at.service} ${at.kind}: ${at.name}`);
  }
  return way;
}

const patience = { timeout: 20_000, interval: 200 };
const toOrder = [
  'gateway server: POST /api/v1/orders',
  'gateway client: order.v1.OrderService/PlaceOrder',
  'order server: order.v1.OrderService/PlaceOrder',
];
const paidByEvent = [
  ...toOrder,
  'order client: payment.v1.PaymentService/Charge',
  'payment server: payment.v1.PaymentService/Charge',
  'payment producer: send payment',
  'order consumer: process payment',
];
/** An order learns that it is paid from payment's answer or from payment's event, whichever is faster. */
const toMail = [toOrder, paidByEvent].map((way) => [
  ...way,
  'order producer: send order',
  'notification consumer: process order',
  'notification internal: mail deliver',
  'notification client: mail send',
]);
const toProvider = [
  ...toOrder,
  'order client: payment.v1.PaymentService/Charge',
  'payment server: payment.v1.PaymentService/Charge',
  'payment client: stripe capture',
];

/** A purchase under a trace id of ours, and its mail. */
async function tracedPurchase() {
  const customer = await newCustomer();
  // a breaker that an earlier test has opened closes again
  await expect.poll(async () => (await customer.buy(anchor)).status, patience).toBe(201);
  const traceId = randomBytes(16).toString('hex');
  await customer.as('POST', '/orders', {
    body: { items: anchor, paymentMethod: 'pm_card_visa' },
    headers: { 'idempotency-key': traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
  });
  await expect.poll(() => wayTo(traceId, 'mail send'), patience).toBeOneOf(toMail);
  return { customer, traceId };
}

test('one trace goes from the gateway to the provider, and through the outbox to the mail', async () => {
  const { traceId } = await tracedPurchase();
  await expect.poll(() => wayTo(traceId, 'stripe capture'), patience).toEqual(toProvider);
  const databases = (await spansOf(traceId)).map(({ attributes }) => attributes['db.namespace']).filter(Boolean);
  expect(new Set(databases)).toEqual(new Set(['orders', 'payments', 'notifications']));
});

test('no password, token, card, key or mail address is in any log or span', async () => {
  const { customer, traceId } = await tracedPurchase();
  const { body: apiKey } = await customer.as('POST', '/api-keys', { body: { name: 'till' } });
  await customer.as('GET', '/users/me', { headers: { authorization: '', 'x-api-key': apiKey.key } });
  const logs = readdirSync(join(data, 'logs')).map(
    (file) => [file, readFileSync(join(data, 'logs', file), 'utf8')] as const,
  );
  const places = [...logs, ['spans', JSON.stringify(await spansOf(traceId))] as const];
  const secrets = {
    'mail address': /[\w.+-]+@chandlery\.example/,
    password: new RegExp(password),
    'access token': /eyJ[\w-]{10,}\.[\w-]{10,}/,
    'refresh token': new RegExp(customer.tokens.refreshToken.slice(0, 20)),
    'API key': /chk_\w{6,}_\w{10,}/,
    card: /\b4[0-9]{15}\b|pm_card_/,
    'provider key': /sk_test_|whsec_/,
  };
  for (const [place, text] of places) {
    expect(text.length, place).toBeGreaterThan(0);
    for (const [secret, pattern] of Object.entries(secrets))
      expect(pattern.exec(text)?.[0], `${secret} in ${place}`).toBeUndefined();
  }
});

test('every log line is JSON with the agreed names', () => {
  for (const name of ['gateway', 'user', 'order', 'payment', 'notification', 'sandbox']) {
    const lines = readFileSync(join(data, 'logs', `${name}.log`), 'utf8')
      .trim()
      .split('\n');
    for (const line of lines) {
      const entry = JSON.parse(line);
      expect(entry, line).toMatchObject({
        timestamp: expect.any(String),
        level: expect.any(String),
        service: name,
        message: expect.any(String),
      });
    }
  }
});
