import { seeded } from '@chandlery/faults';
import { expect, test } from 'vitest';
import type { Call } from './attempt.ts';
import { startLoad } from './load.ts';
import { type Mix, shopping } from './scenarios.ts';
import { serving } from './server-for-tests.ts';

const buyers = ['a', 'b', 'c'].map((key) => ({ key }));
const skus = ['ANC-001', 'ROPE-002', 'BUOY-003'];

/** What a load with this seed asks for, in order. */
async function requests(seed: number): Promise<Call[]> {
  const url = await serving((_, answer) => void answer.end('{}'));
  const random = seeded(seed);
  const calls: Call[] = [];
  const mix = shopping({ buyers, skus, random, browse: 60, checkout: 40 }).map((scenario) => ({
    ...scenario,
    call: () => {
      calls.push(scenario.call());
      return calls.at(-1) as Call;
    },
  }));
  await startLoad({ url, rate: 200, durationMs: 500, mix, random }).done;
  return calls;
}

test('a run with the same seed asks for the same things in the same order, by the same users, with the same keys', async () => {
  const [first, again, other] = [await requests(7), await requests(7), await requests(8)];
  expect(first).toHaveLength(100);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('every order has a key of its own, and every user and all goods have their turn', async () => {
  const calls = await requests(7);
  const orders = calls.filter(({ method }) => method === 'POST');
  expect(new Set(orders.map(({ headers }) => headers?.['idempotency-key'])).size).toBe(orders.length);
  expect(new Set(calls.map(({ headers }) => headers?.['x-api-key'])).size).toBe(buyers.length);
  expect(new Set(orders.map(({ body }) => (body as { items: { sku: string }[] }).items[0]?.sku))).toEqual(
    new Set(skus),
  );
});

test.each<{ mix: Mix; weights: Record<string, number> }>([
  { mix: { checkout: 5 }, weights: { 'POST /orders': 5 } },
  {
    mix: { browse: 90, checkout: 10 },
    weights: { 'GET /products': 30, 'GET /products/:sku': 30, 'GET /orders': 30, 'POST /orders': 10 },
  },
])('the requests of a visit share its weight: $mix', ({ mix, weights }) => {
  const scenarios = shopping({ buyers, skus, ...mix });
  expect(Object.fromEntries(scenarios.map(({ route, weight }) => [route, weight]))).toEqual(weights);
});
