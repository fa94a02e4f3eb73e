import { expect, test } from 'vitest';
import { faultOf } from './index.ts';

test.each([
  { kind: 'latency', at: 'stripe *', ms: 500, distribution: 'exponential', percent: 30, forMs: 10_000, seed: 7 },
  { kind: 'error', at: '*' },
  { kind: 'error', at: '*', transient: false },
  { kind: 'drop', at: 'POST /api/v1/orders' },
  { kind: 'hang', at: 'process *' },
  { kind: 'crash', at: 'stripe capture', when: 'after' },
  { kind: 'cpu', percent: 80 },
  { kind: 'leak', megabytesPerSecond: 10 },
  { kind: 'stuck', ms: 1_000 },
  { kind: 'skew', ms: -1_000 },
])('%j is a fault', (fault) => {
  expect(faultOf(fault)).toEqual(fault);
});

test.each([
  [undefined, ['kind']],
  ['slow', ['kind']],
  [{ kind: 'slow' }, ['kind']],
  [{ kind: 'latency' }, ['at', 'ms']],
  [{ kind: 'latency', at: '', ms: -1 }, ['at', 'ms']],
  [{ kind: 'error', at: '*', percent: 101 }, ['percent']],
  [{ kind: 'error', at: '*', forMs: 0 }, ['forMs']],
  [{ kind: 'crash', at: '*', when: 'now' }, ['when']],
  [{ kind: 'cpu', percent: 0 }, ['percent']],
  [{ kind: 'skew', ms: 1, at: '*' }, ['at']],
])('%j is refused, by its fields', (given, fields) => {
  expect(() => faultOf(given)).toThrow(expect.objectContaining({ kind: 'invalid', reason: 'invalid-request' }));
  try {
    faultOf(given);
  } catch (error) {
    expect((error as { fields: { field: string }[] }).fields.map(({ field }) => field)).toEqual(fields);
  }
});
