import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inProcessKeyValue } from './in-process.ts';
import type { Limit } from './port.ts';

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const limits = fc.record({ perSecond: double(0.1, 500), burst: fc.integer({ min: 1, max: 20 }) });
/** When somebody takes, counted from the one before, and what part of the burst. */
const schedules = fc.array(fc.record({ afterMs: double(0, 3_000), part: double(0.01, 1) }), { maxLength: 60 });

/** Runs the schedule against one bucket. */
async function run({ limit, schedule }: { limit: Limit; schedule: { afterMs: number; part: number }[] }) {
  let time = 1_000_000;
  const store = inProcessKeyValue({ now: () => time });
  const takes = [];
  for (const { afterMs, part } of schedule) {
    time += afterMs;
    const cost = part * limit.burst;
    takes.push({ at: time, cost, ...(await store.take('key', limit, cost)) });
  }
  return takes;
}

test('whatever the schedule, no window of time lets more through than the burst and what it gains', async () => {
  const property = fc.asyncProperty(limits, schedules, async (limit, schedule) => {
    const allowed = (await run({ limit, schedule })).filter((take) => take.allowed);
    for (const [first, { at: start }] of allowed.entries()) {
      let through = 0;
      for (const { at, cost } of allowed.slice(first)) {
        through += cost;
        expect(through).toBeLessThanOrEqual(limit.burst + (limit.perSecond * (at - start)) / 1000 + 1e-6);
      }
    }
  });
  await fc.assert(property, { numRuns: 300 });
});

test('whatever the schedule, who waits as long as a refusal says succeeds', async () => {
  const property = fc.asyncProperty(limits, schedules, async (limit, schedule) => {
    const takes = await run({ limit, schedule });
    const refusal = takes.findIndex((take) => !take.allowed);
    fc.pre(refusal >= 0);
    const patient = { afterMs: takes[refusal]!.retryAfterMs, part: schedule[refusal]!.part };
    const again = await run({ limit, schedule: [...schedule.slice(0, refusal + 1), patient] });
    expect(again.at(-1)).toMatchObject({ allowed: true });
  });
  await fc.assert(property, { numRuns: 300 });
});

test('whatever the schedule, a bucket that was left alone for as long as it says is full', async () => {
  const property = fc.asyncProperty(limits, schedules, async (limit, schedule) => {
    const last = (await run({ limit, schedule })).at(-1);
    const whole = { afterMs: last?.resetMs ?? 0, part: 1 };
    expect((await run({ limit, schedule: [...schedule, whole] })).at(-1)).toMatchObject({ allowed: true });
  });
  await fc.assert(property, { numRuns: 300 });
});
