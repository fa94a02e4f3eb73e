import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type CacheStore, cached } from './cached.ts';
import { withDeadline } from './deadline.ts';
import { events } from './events-for-tests.ts';

class Away extends Error {}
const away = () => Promise.reject(new Away());

/** A cache whose time is the test's, over a store that forgets. */
function given(store?: CacheStore) {
  let clock = 0;
  const kept = new Map<string, { value: string; until: number }>();
  const own: CacheStore = {
    get: async (key) => {
      const found = kept.get(key);
      return found && clock < found.until ? found.value : undefined;
    },
    set: async (key, value, ttlMs) => void kept.set(key, { value, until: clock + ttlMs }),
  };
  const transient = (error: unknown) => error instanceof Away;
  const options = { target: 'keys', store: store ?? own, ttlMs: 100, staleMs: 1_000, transient, now: () => clock };
  return { answer: cached<number>(options), pass: (ms: number) => (clock += ms), kept };
}

test('an answer is never older than its time, and is fetched once in that time, however many want it when', async () => {
  const steps = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 150 }), askers: fc.integer({ min: 1, max: 20 }) }),
  );
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      const { answer, pass } = given();
      let now = 0;
      const loads: number[] = [];
      const load = async () => loads.push(now) && now;
      for (const { wait, askers } of asked) {
        now = pass(wait);
        const answers = await Promise.all(Array.from({ length: askers }, () => answer('k', load)));
        for (const madeAt of answers) expect(now - madeAt).toBeLessThan(100);
        expect(new Set(answers).size).toBe(1);
      }
      for (const [n, at] of loads.slice(1).entries()) expect(at - (loads[n] ?? 0)).toBeGreaterThanOrEqual(100);
    }),
  );
});

test('keys are apart', async () => {
  const { answer, kept } = given();
  expect(await Promise.all([answer('a', async () => 1), answer('b', async () => 2)])).toEqual([1, 2]);
  expect([...kept.keys()]).toEqual(['keys:a', 'keys:b']);
});

test('where a new answer cannot be had the last one is given, for a while', async () => {
  const seen = events();
  const { answer, pass } = given();
  await answer('k', async () => 1);
  pass(1_099);
  expect(await answer('k', away)).toBe(1);
  expect(seen).toEqual(['keys stale']);
  pass(1);
  await expect(answer('k', away)).rejects.toThrow(Away);
});

test('a failure that will not pass is an answer, and is not kept', async () => {
  const { answer, pass } = given();
  await answer('k', async () => 1);
  pass(100);
  await expect(answer('k', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await answer('k', async () => 2)).toBe(2);
});

test('a store that is away is a store that is empty', async () => {
  const { answer } = given({ get: away, set: away });
  expect(await answer('k', async () => 1)).toBe(1);
  expect(await answer('k', async () => 2)).toBe(2);
});

test('one who waits no longer takes nothing from those who do', async () => {
  vi.useFakeTimers();
  const { answer } = given();
  const { promise, resolve } = Promise.withResolvers<number>();
  const hasty = withDeadline('hasty', 10, () => answer('k', () => promise)).catch((error) => error.reason);
  const patient = answer('k', () => promise);
  await vi.advanceTimersByTimeAsync(10);
  expect(await hasty).toBe('deadline-exceeded');
  resolve(1);
  expect(await patient).toBe(1);
  vi.useRealTimers();
});
