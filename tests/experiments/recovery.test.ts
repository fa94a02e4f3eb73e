import { expect, test } from 'vitest';
import type { Second } from '../load/seconds.ts';
import { recovery } from './recovery.ts';
import { stretch } from './stretch.ts';

/** Seconds of ten visits each, by how many were served and the 99th percentile of those. */
const course = (...seconds: [served: number, p99: number | null][]): Second[] =>
  seconds.map(([served, p99], at) => ({
    at,
    sent: 10,
    served,
    refused: 0,
    failed: 10 - served,
    p50: p99,
    p99,
    max: p99,
  }));

const disturbance = { from: 2, to: 4 };
const [calm, down, slow] = [[10, 20] as [number, number], [0, null] as [number, null], [10, 900] as [number, number]];

test('it has recovered when all is served again as fast as before', () => {
  expect(recovery(course(calm, calm, down, down, calm, calm), disturbance)).toBe(0);
  expect(recovery(course(calm, calm, down, down, down, slow, calm), disturbance)).toBe(2);
});

test('a second that is well between bad ones is no recovery', () => {
  expect(recovery(course(calm, calm, down, down, calm, [9, 20], calm), disturbance)).toBe(2);
});

test('what is ill at the end has not recovered', () => {
  expect(recovery(course(calm, calm, down, down, calm, slow), disturbance)).toBeUndefined();
  expect(recovery(course(calm, calm, down), disturbance)).toBeUndefined();
});

test('a stretch of a load is summed up from its seconds alone', () => {
  expect(stretch(course(calm, [5, 100], [0, null], [10, 300], [10, 200], down), { from: 1, to: 5 })).toEqual({
    served: 62.5,
    p99: 200,
  });
});
