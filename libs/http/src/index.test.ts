import { Failure } from '@chandlery/errors';
import { remainingMs } from '@chandlery/resilience';
import { logger } from '@chandlery/telemetry';
import Type from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import { httpServer } from './index.ts';

const Order = Type.Object(
  {
    items: Type.Array(
      Type.Object({ sku: Type.String(), quantity: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
      { minItems: 1 },
    ),
    note: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

function given(fail?: unknown) {
  const app = httpServer({ log: logger('test', 'silent') });
  onTestFinished(() => app.close());
  const query = Type.Object({ limit: Type.Integer({ default: 20, maximum: 100 }) }, { additionalProperties: false });
  app.post('/orders', { schema: { body: Order }, handler: async () => ({ ok: true }) });
  app.get('/orders', { schema: { querystring: query }, handler: async ({ query }) => query });
  app.get('/orders/:id', { config: { deadlineMs: 300 }, handler: async () => ({ left: remainingMs() }) });
  app.get('/broken', async () => {
    throw fail;
  });
  return app;
}

test('names each field that is wrong', async () => {
  const payload = { items: [{ sku: 'a', quantity: 0, colour: 'red' }, { quantity: '1' }], extra: true };
  const answer = await given().inject({ method: 'POST', url: '/orders', payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json().type).toBe('urn:chandlery:problem:invalid-request');
  const fields = answer.json().errors.map(({ field }: { field: string }) => field);
  expect(new Set(fields)).toEqual(
    new Set(['extra', 'items.0.quantity', 'items.0.colour', 'items.1.sku', 'items.1.quantity']),
  );
});

test.each([
  ['an empty body', { payload: '', headers: { 'content-type': 'application/json' } }, 400],
  ['broken JSON', { payload: '{"items":', headers: { 'content-type': 'application/json' } }, 400],
  ['no body at all', {}, 400],
  ['another media type', { payload: '<a/>', headers: { 'content-type': 'application/xml' } }, 415],
  ['more than 64 KiB', { payload: { items: [], note: 'x'.repeat(65 * 1024) } }, 413],
])('refuses %s with a problem document', async (_, request, status) => {
  const answer = await given().inject({ method: 'POST', url: '/orders', ...request });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ status, type: expect.stringContaining('urn:chandlery:problem:') });
});

test('converts and completes a query, and refuses what it does not know', async () => {
  const app = given();
  expect((await app.inject('/orders')).json()).toEqual({ limit: 20 });
  expect((await app.inject('/orders?limit=5')).json()).toEqual({ limit: 5 });
  for (const limit of ['ten', 'true', '1.5', '101'])
    expect((await app.inject(`/orders?limit=${limit}`)).statusCode).toBe(400);
  expect((await app.inject('/orders?colour=red')).json().errors).toEqual([
    { field: 'colour', message: 'is not known' },
  ]);
});

test('an unknown path is 404, a wrong method 405 with what is allowed', async () => {
  const app = given();
  expect((await app.inject('/nothing')).statusCode).toBe(404);
  const answer = await app.inject({ method: 'DELETE', url: '/orders' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers.allow).toContain('POST');
});

test('every answer carries a request id; a good one of the caller is kept', async () => {
  const app = given();
  expect((await app.inject('/nothing')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  const own = await app.inject({ url: '/orders', headers: { 'x-request-id': 'my-request-1' } });
  expect(own.headers['x-request-id']).toBe('my-request-1');
  const bad = await app.inject({ url: '/orders', headers: { 'x-request-id': 'a b' } });
  expect(bad.headers['x-request-id']).not.toBe('a b');
});

test('a failure tells reason, facts and when to come back', async () => {
  const failure = new Failure('declined', 'card declined', {
    reason: 'card-declined',
    data: { id: 'o1' },
    retryAfterMs: 1_200,
  });
  const answer = await given(failure).inject('/broken');
  expect(answer.statusCode).toBe(402);
  expect(answer.headers['retry-after']).toBe('2');
  expect(answer.json()).toMatchObject({
    id: 'o1',
    type: 'urn:chandlery:problem:card-declined',
    detail: 'card declined',
  });
});

test('a bug says nothing of its inside', async () => {
  const answer = await given(new Error('select secret from table')).inject('/broken');
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret');
});

test('a handler runs inside its route’s deadline', async () => {
  const answer = await given().inject('/orders/o1');
  expect(answer.json().left).toBeGreaterThan(0);
  expect(answer.json().left).toBeLessThanOrEqual(300);
});
