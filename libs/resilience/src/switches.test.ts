import { expect, test } from 'vitest';
import { events } from './events-for-tests.ts';
import { backoffMs, bulkhead, cached, policy, remainingMs, withDeadline } from './index.ts';
import { switchedOff } from './switched-off-for-tests.ts';
import { defenceNames, defences, enabled, isDefence, setDefence } from './switches.ts';

test('all are on, until one is turned off; a change is told, once', () => {
  const seen = events();
  expect(defences()).toEqual(defenceNames.map((name) => [name, true]));
  switchedOff('outbox');
  setDefence('outbox', false);
  expect([enabled('outbox'), enabled('inbox')]).toEqual([false, true]);
  expect(defences()).toContainEqual(['outbox', false]);
  setDefence('outbox', true);
  expect(seen).toEqual(['outbox defence-off', 'outbox defence-on']);
});

test('names are known', () => {
  expect(isDefence('saga-worker')).toBe(true);
  expect(['', 'toString', 'Breaker'].filter(isDefence)).toEqual([]);
});

const transient = () => true;
const clock = { sleep: async () => undefined, random: () => 0.5 };

/** How often a peer that fails is called for so many requests. */
async function calls(requests: number, breaker: { volume: number } | false = false): Promise<number> {
  const peer = policy({ target: 'peer', deadlineMs: 1_000, transient, clock, breaker });
  let called = 0;
  const fail = async () => {
    called++;
    throw new Error('away');
  };
  for (let request = 0; request < requests; request++) await peer.run(fail, true).catch(() => undefined);
  return called;
}

test('without deadlines work has all the time', async () => {
  switchedOff('deadline');
  expect(await withDeadline('peer', 10, async () => remainingMs())).toBe(Number.POSITIVE_INFINITY);
});

test('without retries each request is one call', async () => {
  switchedOff('retry');
  expect(await calls(10)).toBe(10);
});

test('without the budget every request is repeated to the end', async () => {
  expect(await calls(100)).toBeLessThanOrEqual(130);
  switchedOff('retry-budget');
  expect(await calls(100)).toBe(300);
});

test('without jitter a wait is its bound', () => {
  switchedOff('jitter');
  expect(backoffMs({ baseMs: 50, maxMs: 500 }, 1, () => 0.3)).toBe(100);
});

test('without breakers a dead peer is called on', async () => {
  switchedOff('retry');
  expect(await calls(10, { volume: 3 })).toBe(3);
  switchedOff('breaker');
  expect(await calls(10, { volume: 3 })).toBe(10);
});

test('without bulkheads there is always a slot, and those taken still count', async () => {
  const slots = bulkhead('peer', 1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = slots(() => promise);
  setDefence('bulkhead', false);
  expect(await slots(async () => 'second')).toBe('second');
  setDefence('bulkhead', true);
  await expect(slots(async () => 'third')).rejects.toMatchObject({ reason: 'bulkhead-full' });
  resolve();
  await first;
});

test('without the cache’s guard all who miss fetch', async () => {
  switchedOff('cache-guard');
  const store = { get: async () => undefined, set: async () => undefined };
  const answer = cached<string>({ target: 'x', store, ttlMs: 1_000, staleMs: 1_000, transient });
  let loads = 0;
  const load = async () => `${++loads}`;
  await Promise.all([answer('k', load), answer('k', load), answer('k', load)]);
  expect(loads).toBe(3);
});
