import { expect, test } from 'vitest';
import { toxicsOf } from './toxiproxy.ts';

test('what is late is late in both directions', () => {
  const late = { type: 'latency', toxicity: 1, attributes: { latency: 200, jitter: 20 } };
  expect(toxicsOf({ latencyMs: 200 })).toEqual([
    { ...late, stream: 'upstream' },
    { ...late, stream: 'downstream' },
  ]);
});

test('a share of the connections is cut', () => {
  expect(toxicsOf({ cutPercent: 30 })).toEqual([expect.objectContaining({ type: 'reset_peer', toxicity: 0.3 })]);
});

test('a proxy says that it can lose no packets', () => {
  expect(() => toxicsOf({ lossPercent: 10 })).toThrow('a proxy loses no packets');
});
