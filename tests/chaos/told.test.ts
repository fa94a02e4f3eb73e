import { expect, test } from 'vitest';
import { timelineOf } from './told.ts';

const failure = { route: 'POST /orders', status: 503, at: 6_200, ms: 4, repeated: false };
const report = {
  sent: 2,
  served: 1,
  refused: 0,
  repeated: 0,
  failures: [failure],
  failuresByKind: {},
  routes: {},
  accepted: [],
  seconds: [],
};

test('a timeline is in order of time, counted from the beginning of the fault', () => {
  const timeline = {
    begun: 6_000,
    ended: 16_000,
    firstFailure: 6_200,
    noticed: { at: 6_700, what: 'order is not ready' },
    recovered: 18_000,
  };
  expect(timelineOf({ report, timeline })).toEqual([
    '   0.0 s  the fault begins',
    '   0.2 s  first visit that is not served: POST /orders 503',
    '   0.7 s  noticed: order is not ready',
    '  10.0 s  the fault ends',
    '  12.0 s  from here on all are served',
  ]);
});

test('what did not happen is not told', () => {
  expect(timelineOf({ report: { ...report, failures: [] }, timeline: { begun: 0, ended: 1_000 } })).toHaveLength(2);
});
