import { expect, test } from 'vitest';
import { type Figures, judge, tally } from './verdict.ts';

const good = { calls: 1_000, errors: 0, errorRate: 0, p95Ms: 80 };
const judged = (canary: Partial<Figures>, stable: Partial<Figures> = {}) =>
  judge({ ...good, ...stable }, { ...good, calls: 20, ...canary }, 20);

test('counts calls and failures, and knows the 95th percentile to 5 %', () => {
  const calls = tally();
  expect(calls.figures()).toEqual({ calls: 0, errors: 0, errorRate: 0 });
  for (let ms = 1; ms <= 200; ms++) calls.add(ms, ms % 50 === 0);
  const { p95Ms, ...counts } = calls.figures();
  expect(counts).toEqual({ calls: 200, errors: 4, errorRate: 0.02 });
  expect(p95Ms).toBeGreaterThanOrEqual(190);
  expect(p95Ms).toBeLessThanOrEqual(200);
});

test('one slow call in thirty does not move the 95th percentile, two do', () => {
  const calls = tally();
  for (let n = 0; n < 29; n++) calls.add(0.2, false);
  calls.add(4_000, false);
  expect(calls.figures().p95Ms).toBe(1);
  calls.add(4_000, false);
  expect(calls.figures().p95Ms).toBeGreaterThanOrEqual(4_000);
});

test('a canary with few calls is not judged, however bad', () => {
  expect(judged({ calls: 19, errors: 19, errorRate: 1, p95Ms: 9_000 })).toEqual({ verdict: 'pending' });
});

test.each([
  ['as good as stable', {}, {}],
  ['5 points worse', { errorRate: 0.05 }, {}],
  ['as bad as stable', { errorRate: 0.4 }, { errorRate: 0.38 }],
  ['twice as slow', { p95Ms: 400 }, { p95Ms: 200 }],
  ['many times slower, by less than 100 ms', { p95Ms: 100 }, { p95Ms: 5 }],
  ['slower by much, but not twice', { p95Ms: 1_800 }, { p95Ms: 1_000 }],
  ['slow, with nothing to compare', { p95Ms: 9_000 }, { calls: 19, p95Ms: 1 }],
])('a canary that is %s passes', (_, canary, stable) => {
  expect(judged(canary, stable)).toEqual({ verdict: 'passing' });
});

test.each([
  ['errors', { errorRate: 0.06 }, {}, 'error rate 6.0 %, of stable 0.0 %'],
  ['more errors than stable’s', { errorRate: 0.5 }, { errorRate: 0.4 }, 'error rate 50.0 %, of stable 40.0 %'],
  ['errors, with no calls to stable', { errorRate: 0.1 }, { calls: 0 }, 'error rate 10.0 %, of stable 0.0 %'],
  ['long answers', { p95Ms: 401 }, { p95Ms: 200 }, 'p95 401 ms, of stable 200 ms'],
])('a canary fails by %s', (_, canary, stable, reason) => {
  expect(judged(canary, stable)).toEqual({ verdict: 'failing', reason });
});
