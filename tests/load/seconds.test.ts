import { expect, test } from 'vitest';
import type { Outcome } from './attempt.ts';
import { type Scenario, startLoad } from './load.ts';
import { recorder } from './report.ts';
import { timeline } from './seconds.ts';
import { serving } from './server-for-tests.ts';

const outcome = (at: number, more: Partial<Outcome> = {}): Outcome => ({
  route: 'GET /',
  at,
  ms: 1,
  status: 200,
  repeated: false,
  ...more,
});

const get: Scenario = { route: 'GET /', weight: 1, call: () => ({ method: 'GET', path: '/' }) };

test('a request counts for the second in which it was due, however late its answer is', () => {
  const { sending, ended, seconds } = timeline();
  for (const at of [0, 999, 1_000]) sending(at);
  ended(outcome(999, { ms: 5_000 }));
  expect(seconds()).toEqual([
    { at: 0, sent: 2, served: 1, refused: 0, failed: 0, p50: 5_000, p99: 5_000, max: 5_000 },
    { at: 1, sent: 1, served: 0, refused: 0, failed: 0, p50: null, p99: null, max: null },
  ]);
});

test('percentiles are of what was served, by nearest rank', () => {
  const { ended, seconds } = timeline();
  for (let ms = 100; ms >= 1; ms--) ended(outcome(0, { ms }));
  ended(outcome(0, { ms: 10_000, status: 500 }));
  expect(seconds()[0]).toMatchObject({ served: 100, failed: 1, p50: 50, p99: 99, max: 100 });
  ended(outcome(0, { ms: 200 }));
  expect(seconds()[0]).toMatchObject({ served: 101, p50: 51, p99: 100, max: 200 });
});

test('a second in which nothing was due has its place', () => {
  const { sending, seconds } = timeline();
  sending(2_500);
  expect(seconds().map(({ at, sent }) => [at, sent])).toEqual([
    [0, 0],
    [1, 0],
    [2, 1],
  ]);
});

test.each([
  { status: 429, retryAfterMs: 1_000, refused: 1 },
  { status: 503, retryAfterMs: 0, refused: 1 },
  { status: 503, refused: 0 },
  { status: 409, retryAfterMs: 1_000, refused: 0 },
  { status: 0, problem: 'timeout', refused: 0 },
])('$status with Retry-After $retryAfterMs: refused $refused', ({ refused, ...answer }) => {
  const { sending, add, report } = recorder();
  sending(0);
  add(outcome(0, answer));
  expect(report()).toMatchObject({ sent: 1, served: 0, refused, failures: [answer] });
  expect(report().seconds).toMatchObject([{ refused, failed: 1 - refused }]);
});

test('a load knows what it has sent before the answers come, and what was refused by a Retry-After', async () => {
  let answering = false;
  const held: (() => void)[] = [];
  const url = await serving((_, answer) => {
    const refuse = () => void answer.writeHead(503, { 'retry-after': '0' }).end();
    if (answering) refuse();
    else held.push(refuse);
  });
  const load = startLoad({ url, rate: 50, mix: [get], durationMs: 1_500 });
  await expect.poll(() => held.length).toBeGreaterThan(0);
  const { sent, failures } = load.report();
  expect([sent > 0, failures]).toEqual([true, []]);
  answering = true;
  for (const refuse of held) refuse();
  const report = await load.done;
  expect(report).toMatchObject({ sent: 75, served: 0, refused: 75 });
  expect(report.seconds.map((second) => [second.at, second.sent, second.refused])).toEqual([
    [0, 50, 50],
    [1, 25, 25],
  ]);
});
