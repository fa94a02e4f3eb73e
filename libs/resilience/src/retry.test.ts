import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { withDeadline } from './deadline.ts';
import { events } from './events-for-tests.ts';
import { backoffMs, type RetryOptions, realClock, retryBudget, retrying } from './retry.ts';

class Busy extends Error {
  retryAfterMs: number | undefined;
  constructor(retryAfterMs?: number) {
    super('busy');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Retries with a clock that only writes down; `fail` decides how each call ends. */
function given(options: RetryOptions = {}, random = 1) {
  const waits: number[] = [];
  const clock = { sleep: async (ms: number) => waits.push(ms), random: () => random };
  const run = retrying('peer', options, (error) => error instanceof Busy, clock);
  return { run, waits };
}

const failing = (times: number, error: () => unknown = () => new Busy()) => {
  let left = times;
  return vi.fn(async () => {
    if (left-- > 0) throw error();
    return 'done';
  });
};

test('full jitter: a wait is anything from 0 to a bound that doubles up to the most', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const ms = fc.integer({ min: 1, max: 60_000 });
  fc.assert(
    fc.property(ms, ms, fc.nat(2_000), chance, (baseMs, maxMs, repeat, random) => {
      const wait = backoffMs({ baseMs, maxMs }, repeat, () => random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(Math.min(maxMs, baseMs * 2 ** repeat));
    }),
  );
  const bounds = [0, 1, 2, 3, 4].map((repeat) => backoffMs({ baseMs: 50, maxMs: 500 }, repeat, () => 1));
  expect(bounds).toEqual([50, 100, 200, 400, 500]);
  expect(backoffMs({ baseMs: 50, maxMs: 500 }, 1, () => 0.25)).toBe(25);
});

test('a transient failure is repeated until it passes', async () => {
  const seen = events();
  const { run, waits } = given();
  expect(await run(failing(2))).toBe('done');
  expect(waits).toEqual([50, 100]);
  expect(seen).toEqual(['peer retry', 'peer retry']);
});

test.each([1, 3, 5])('there are %i tries in all, and the last failure is the result', async (attempts) => {
  const { run, waits } = given({ attempts });
  const call = failing(99);
  await expect(run(call)).rejects.toThrow('busy');
  expect(call).toHaveBeenCalledTimes(attempts);
  expect(waits).toHaveLength(attempts - 1);
});

test('what will not pass by itself is not repeated', async () => {
  const call = failing(1, () => new Error('no such order'));
  await expect(given().run(call)).rejects.toThrow('no such order');
  expect(call).toHaveBeenCalledTimes(1);
});

test('a Retry-After is obeyed, and then some, so that not all come back at once', async () => {
  const { run, waits } = given();
  await run(failing(1, () => new Busy(500)));
  expect(waits).toEqual([550]);
});

test('who is asked to wait for longer than it would tells its caller', async () => {
  const { run, waits } = given();
  await expect(run(failing(1, () => new Busy(501)))).rejects.toMatchObject({ retryAfterMs: 501 });
  expect(waits).toEqual([]);
});

test('there is no repeat that would begin after the deadline', async () => {
  const seen = events();
  const { run, waits } = given({ maxMs: 60_000 });
  const call = failing(1, () => new Busy(60_000));
  await expect(withDeadline('all', 30_000, () => run(call))).rejects.toThrow('busy');
  expect(call).toHaveBeenCalledTimes(1);
  expect(waits).toEqual([]);
  expect(seen).toEqual([]);
});

test('for a caller who went away during the call nothing is repeated', async () => {
  const seen = events();
  const { run, waits } = given();
  const caller = new AbortController();
  const call = async () => {
    caller.abort();
    throw new Busy();
  };
  await expect(withDeadline('all', 30_000, () => run(call), caller.signal)).rejects.toThrow('busy');
  expect(waits).toEqual([]);
  expect(seen).toEqual([]);
});

test('for a caller who went away during the wait nothing is repeated', async () => {
  const caller = new AbortController();
  const sleep = async () => caller.abort();
  const run = retrying('peer', {}, () => true, { sleep, random: () => 1 });
  const call = failing(1);
  await expect(withDeadline('all', 30_000, () => run(call), caller.signal)).rejects.toThrow('busy');
  expect(call).toHaveBeenCalledTimes(1);
});

test('whatever clients ask of a dead peer, it gets no more than ten calls besides', async () => {
  const batches = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 12 }), async (sizes, attempts) => {
      const { run } = given({ attempts });
      const dead = failing(Number.POSITIVE_INFINITY);
      for (const size of sizes) await Promise.allSettled(Array.from({ length: size }, () => run(dead)));
      const requests = sizes.reduce((sum, size) => sum + size, 0);
      const calls = dead.mock.calls.length;
      expect(calls).toBeGreaterThanOrEqual(requests);
      expect(calls).toBeLessThanOrEqual(requests + 10);
    }),
  );
});

/** How many calls a peer gets for each request, when it fails one of so many. */
async function calls(requests: number, oneOf: number): Promise<number> {
  const { run } = given();
  let made = 0;
  const peer = async () => {
    if (++made % oneOf === 0) throw new Busy();
  };
  for (let request = 0; request < requests; request++) await run(peer).catch(() => undefined);
  return made / requests;
}

test('what fails now and then is always repeated, what fails for many never', async () => {
  const seen = events();
  expect(await calls(1_000, 7)).toBeCloseTo(7 / 6, 2);
  expect(seen).not.toContain('peer retry-budget-empty');
  expect(await calls(1_000, 3)).toBeLessThan(1.03);
  expect(seen).toContain('peer retry-budget-empty');
});

test('no more than so much is saved up, and half of it stays', () => {
  const budget = retryBudget(0.5, 4);
  for (let request = 0; request < 1_000; request++) budget.deposit();
  expect([1, 2, 3].map(() => budget.withdraw())).toEqual([true, true, false]);
  budget.deposit();
  expect(budget.withdraw()).toBe(false);
  for (let request = 0; request < 5; request++) budget.deposit();
  expect(budget.withdraw()).toBe(true);
});

test('the real clock waits, and has chance', async () => {
  const before = performance.now();
  await realClock.sleep(20);
  expect(performance.now() - before).toBeGreaterThan(15);
  expect(realClock.random()).not.toBe(realClock.random());
});
