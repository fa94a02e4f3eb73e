import { beforeEach, expect, test } from 'vitest';
import { counter, gauge, histogram, registry } from './metrics.ts';

beforeEach(() => registry.clear());

test('a metric that is asked for again is the same one', async () => {
  counter('orders_total', 'Orders', ['status']).inc({ status: 'paid' });
  counter('orders_total', 'Orders', ['status']).inc({ status: 'paid' });
  gauge('queue_length', 'Length').set(3);
  histogram('seconds', 'Duration').observe(0.004);
  histogram('seconds', 'Duration').observe(0.3);
  expect(gauge('queue_length', 'Length')).toBe(gauge('queue_length', 'Length'));
  const page = await registry.metrics();
  expect(page).toContain('orders_total{status="paid"} 2');
  expect(page).toContain('queue_length 3');
  expect(page).toContain('seconds_count 2');
});

test('a gauge that collects is set at each scrape', async () => {
  let length = 1;
  gauge('queue_length', 'Length', ['queue'], async (found) => found.set({ queue: 'mails' }, length++));
  expect(await registry.metrics()).toContain('queue_length{queue="mails"} 1');
  expect(await registry.metrics()).toContain('queue_length{queue="mails"} 2');
});

test('a histogram tells one millisecond from ten seconds', async () => {
  histogram('seconds', 'Duration', ['endpoint']).observe({ endpoint: '/' }, 0.0009);
  const bounds = [...(await registry.metrics()).matchAll(/le="([^"]+)"/g)].map(([, bound]) => Number(bound));
  expect([bounds[0], bounds.at(-2)]).toEqual([0.001, 10]);
});
