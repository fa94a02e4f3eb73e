import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { anchor, call, charges, databases, mails, newCustomer, processOf, sandbox, settled } from './shop.ts';

test('a newcomer buys an anchor: paid, charged once, one mail', async () => {
  const customer = await newCustomer();
  const { body: catalogue } = await call('GET', '/api/v1/products?q=anchor&limit=1');
  const [{ sku, price }] = catalogue.items;
  const { status, body, headers } = await customer.buy([{ sku, quantity: 2 }]);
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/api/v1/orders/${body.id}`);
  const total = { amount: 2 * price.amount, currency: price.currency };
  expect(body).toMatchObject({ status: 'PAID', total, items: [{ sku, quantity: 2, price }] });
  await vi.waitFor(async () => expect(await mails(body.id)).toHaveLength(1), 15_000);
  expect(await charges(body.id)).toMatchObject([{ amount: total.amount, status: 'succeeded', amountRefunded: 0 }]);
  await expect
    .poll(async () => (await customer.as('GET', `/orders/${body.id}`)).body, { timeout: 15_000 })
    .toMatchObject({ payment: { status: 'CAPTURED' }, notifications: [{ status: 'sent' }], degraded: [] });
});

test.each([
  ['pm_card_chargeDeclined', 'generic_decline'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_authenticationRequired', 'authentication_required'],
])('%s is declined: order cancelled, nothing charged', async (paymentMethod, declineReason) => {
  const customer = await newCustomer();
  const { status, body } = await customer.buy(anchor, { paymentMethod });
  expect(status).toBe(402);
  expect(body).toMatchObject({ type: 'urn:chandlery:problem:payment-declined', declineReason });
  expect((await customer.as('GET', `/orders/${body.id}`)).body).toMatchObject({ status: 'CANCELLED' });
  expect((await charges(body.id)).filter((charge: { status: string }) => charge.status === 'succeeded')).toEqual([]);
});

test('with the provider down an order is accepted, and paid later without its buyer', async () => {
  const customer = await newCustomer();
  await sandbox('POST', '/faults', { target: 'payments', errorRate: 1 });
  onTestFinished(() => void sandbox('DELETE', '/faults'));
  const { status, body, headers } = await customer.buy(anchor);
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/api/v1/orders/${body.id}`);
  expect(body.status).toBe('PENDING');
  await sandbox('DELETE', '/faults');
  await settled(customer, body.id, 'PAID');
  expect(await charges(body.id)).toMatchObject([{ status: 'succeeded' }]);
});

test('a provider that is silent after charging charges once', async () => {
  const customer = await newCustomer();
  await sandbox('POST', '/faults', { target: 'payments', dropAnswerRate: 1, forMs: 1_500 });
  const { status, body } = await customer.buy(anchor);
  expect([201, 202]).toContain(status);
  await settled(customer, body.id, 'PAID');
  expect(await charges(body.id)).toMatchObject([{ status: 'succeeded', amountRefunded: 0 }]);
});

test('the same key twenty times at once is one order and one charge', async () => {
  const customer = await newCustomer();
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => customer.buy(anchor, { key })));
  for (const { status, headers } of answers) {
    expect([201, 409]).toContain(status);
    if (status === 409) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
  expect(ids.size).toBe(1);
  const again = await customer.buy(anchor, { key });
  expect([again.status, again.body.id]).toEqual([201, [...ids][0]]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect((await customer.as('GET', '/orders')).body.items).toHaveLength(1);
  expect(await charges(again.body.id)).toHaveLength(1);
});

test('a key with another body is refused', async () => {
  const customer = await newCustomer();
  const key = randomUUID();
  await customer.buy(anchor, { key });
  const { status, body } = await customer.buy([{ sku: 'ANC-002', quantity: 1 }], { key });
  expect([status, body.type]).toEqual([422, 'urn:chandlery:problem:idempotency-key-reused']);
});

async function stockOf(sku: string, stock: number): Promise<void> {
  const client = new pg.Client({ connectionString: databases.orders });
  await client.connect();
  await client.query('update products set initial = initial - stock + $2, stock = $2 where sku = $1', [sku, stock]);
  await client.end();
}

test('fifty buyers of the last five: five get one, nobody is charged without', async () => {
  await stockOf('BEL-005', 5);
  const customers = await Promise.all(Array.from({ length: 5 }, newCustomer));
  const wanted = [{ sku: 'BEL-005', quantity: 1 }];
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => customers[n % 5]!.buy(wanted)));
  const accepted = answers.filter(({ status }) => status === 201 || status === 202);
  expect(accepted).toHaveLength(5);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused).toHaveLength(45);
  expect(refused[0]?.body).toMatchObject({ type: 'urn:chandlery:problem:out-of-stock', sku: 'BEL-005' });
  expect((await call('GET', '/api/v1/products/BEL-005')).body.available).toBe(0);
});

test('an unknown product is not found', async () => {
  const customer = await newCustomer();
  const { status, body } = await customer.buy([{ sku: 'NOPE', quantity: 1 }]);
  expect([status, body.type]).toEqual([404, 'urn:chandlery:problem:unknown-sku']);
});

test('a paid order is cancelled and refunded, once', async () => {
  const customer = await newCustomer();
  const { body } = await customer.buy(anchor);
  const { status, body: cancelled } = await customer.as('POST', `/orders/${body.id}/cancel`);
  expect([status, cancelled.status]).toEqual([200, 'CANCELLED']);
  expect(await charges(body.id)).toMatchObject([{ amountRefunded: body.total.amount }]);
  expect((await customer.as('POST', `/orders/${body.id}/cancel`)).status).toBe(200);
  expect(await charges(body.id)).toMatchObject([{ amountRefunded: body.total.amount }]);
});

test('a declined order can’t be cancelled', async () => {
  const customer = await newCustomer();
  const { body } = await customer.buy(anchor, { paymentMethod: 'pm_card_chargeDeclined' });
  expect((await customer.as('POST', `/orders/${body.id}/cancel`)).status).toBe(409);
});

test('other people’s orders do not exist', async () => {
  const [alice, bob] = [await newCustomer(), await newCustomer()];
  const { body } = await alice.buy(anchor);
  expect((await bob.as('GET', `/orders/${body.id}`)).status).toBe(404);
  expect((await bob.as('POST', `/orders/${body.id}/cancel`)).status).toBe(404);
  expect((await bob.as('GET', `/orders/${body.id}/events`)).status).toBe(404);
  expect((await bob.as('GET', '/orders')).body.items).toEqual([]);
});

test('without notification the order is shown, and says what is missing', async () => {
  const customer = await newCustomer();
  const { body } = await customer.buy(anchor);
  process.kill(processOf('notification').pid, 'SIGSTOP');
  const { pid } = processOf('notification');
  onTestFinished(() => void process.kill(pid, 'SIGCONT'));
  const { status, body: shown } = await customer.as('GET', `/orders/${body.id}`);
  expect(status).toBe(200);
  expect(shown).toMatchObject({
    status: 'PAID',
    payment: { status: 'CAPTURED' },
    notifications: [],
    degraded: ['notification'],
  });
});

test('the journey of an order is streamed as it happens', async () => {
  const customer = await newCustomer();
  await sandbox('POST', '/faults', { target: 'payments', errorRate: 1, forMs: 3_000 });
  const { body } = await customer.buy(anchor);
  const { status, headers, body: text } = await customer.as('GET', `/orders/${body.id}/events`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/event-stream');
  const events = [...text.matchAll(/^event: (.*)$/gm)].map(([, event]: string[]) => event);
  expect(events).toEqual(['order.created', 'order.paid']);
  const last = [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
  const again = await customer.as('GET', `/orders/${body.id}/events`, { headers: { 'last-event-id': last } });
  expect(again.status).toBe(204);
});
