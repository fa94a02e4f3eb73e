import { expect, test } from 'vitest';
import { recorder } from '../../load/report.ts';
import { served } from './served.ts';

/** Ten visits, of which those at these times fail; the fault lasts from 1,000 to 2,000 ms. */
function observed(...failures: number[]) {
  const record = recorder();
  for (let at = 0; at < 10; at++) record.sending(at * 500);
  for (const at of failures) record.add({ route: 'POST /orders', status: 503, at, ms: 1, repeated: false });
  return { report: record.report(), timeline: { begun: 1_000, ended: 2_000 } };
}

test('a visit that fails while the fault lasts is told, and one before or after it is not', () => {
  expect(served()(observed(500, 1_500, 2_500))).toEqual(['1 visits were not served: {"POST /orders: 503":1}']);
  expect(served()(observed(500, 2_500))).toEqual([]);
});

test('those who come afterwards are meant where that is said, others not', () => {
  expect(served({ afterwards: true })(observed(500, 2_500))).toHaveLength(1);
  expect(served({ afterwards: true })(observed(500))).toEqual([]);
});

test('other routes, and a small share of all, may fail', () => {
  expect(served({ route: 'GET /orders' })(observed(1_500))).toEqual([]);
  expect(served({ save: 0.1 })(observed(1_500))).toEqual([]);
  expect(served({ save: 0.1 })(observed(1_500, 1_600))).toHaveLength(1);
});
