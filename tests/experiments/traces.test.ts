import { expect, test } from 'vitest';
import { mostAtOnce, peak } from './traces.ts';

test('a peak is the most arrivals within a time, wherever that begins', () => {
  expect(peak([], 10)).toBe(0);
  expect(peak([100, 5, 14, 109, 104, 15], 10)).toBe(3);
  expect(peak([0, 10], 10)).toBe(1);
  expect(peak([0, 9], 10)).toBe(2);
});

test('spans are open at once where one begins before the other ends', () => {
  const span = (startMs: number, endMs: number) => ({ startMs, durationMs: endMs - startMs });
  expect(mostAtOnce([])).toBe(0);
  expect(mostAtOnce([span(0, 10), span(10, 20)])).toBe(1);
  expect(mostAtOnce([span(5, 8), span(0, 10), span(9, 20), span(6, 7)])).toBe(3);
});
