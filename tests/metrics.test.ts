import { expect, test } from 'vitest';
import { samples } from './metrics.ts';

const page = `# HELP calls_total calls_total of a peer
# TYPE calls_total counter
calls_total{peer="user",path="/a, {b} \\"c\\""} 3
calls_total{peer="order"} 1.5e3 1700000000000
calls_total_failed{peer="user"} 9
up 1`;

test('a metric has its samples, with their labels, and not those of a longer name', () => {
  expect(samples(page, 'calls_total')).toEqual([
    { labels: { peer: 'user', path: '/a, {b} \\"c\\"' }, value: 3 },
    { labels: { peer: 'order' }, value: 1_500 },
  ]);
  expect(samples(page, 'up')).toEqual([{ labels: {}, value: 1 }]);
  expect(samples(page, 'calls')).toEqual([]);
});
