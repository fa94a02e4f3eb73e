import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { remainingMs } from './deadline.ts';
import { events } from './events-for-tests.ts';
import { type PolicyOptions, policy } from './policy.ts';
import { Rejected } from './rejected.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Away extends Error {}
const away = () => Promise.reject(new Away());
const well = async () => 'well';
const never = () => new Promise<never>(() => undefined);

/** A policy whose waits take no time. */
function given(options: Partial<PolicyOptions> = {}) {
  const clock = { sleep: () => turn(), random: () => 1 };
  return policy({ target: 'peer', deadlineMs: 1_000, transient: (error) => error instanceof Away, clock, ...options });
}

const settled = (promise: Promise<unknown>) => promise.then(String, (error) => error);

test('what may be repeated is repeated, all else is done once', async () => {
  const peer = given();
  const once = vi.fn(away);
  await expect(peer.run(once)).rejects.toThrow(Away);
  expect(once).toHaveBeenCalledTimes(1);
  const again = vi.fn(away);
  await expect(peer.run(again, true)).rejects.toThrow(Away);
  expect(again).toHaveBeenCalledTimes(3);
});

test('one deadline is around all tries', async () => {
  const sleep = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const peer = given({ clock: { sleep, random: () => 1 }, retry: { attempts: 9, baseMs: 400, maxMs: 400 } });
  const left: number[] = [];
  const work = () => {
    left.push(remainingMs());
    return away();
  };
  await expect(peer.run(work, true)).rejects.toThrow(Away);
  expect(left).toEqual([1_000, 600, 200]);
});

test('a peer that hangs is the deadline’s matter, not a failure to repeat', async () => {
  const peer = given();
  const work = vi.fn(never);
  const end = settled(peer.run(work, true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await end).toMatchObject({ reason: 'deadline-exceeded' });
  expect(work).toHaveBeenCalledTimes(1);
});

test('a try that missed a shorter deadline of its own is repeated', async () => {
  const late = new Rejected('try', 'deadline-exceeded');
  const work = vi.fn(well).mockRejectedValueOnce(late);
  expect(await given().run(work, true)).toBe('well');
});

test('each try counts for the breaker, and its refusal is not repeated', async () => {
  const seen = events();
  const peer = given({ breaker: { volume: 3 }, deadlineMs: 60_000 });
  const dead = vi.fn(away);
  await expect(peer.run(dead, true)).rejects.toThrow(Away);
  await expect(peer.run(dead, true)).rejects.toMatchObject({ reason: 'breaker-open', retryAfterMs: 5_000 });
  expect(dead).toHaveBeenCalledTimes(3);
  expect(seen).toEqual(['retry', 'retry', 'breaker-open', 'breaker-rejected'].map((event) => `peer ${event}`));
});

test('a peer that hangs opens the breaker, whatever its calls make of their signal', async () => {
  const peer = given({ breaker: { volume: 3 } });
  const ends = Promise.all(Array.from({ length: 3 }, () => settled(peer.run(never))));
  await vi.advanceTimersByTimeAsync(1_000);
  await ends;
  await expect(peer.run(well)).rejects.toMatchObject({ reason: 'breaker-open' });
});

test('a slot is held until the call has really ended, though its deadline has passed', async () => {
  const peer = given({ bulkhead: 1, retry: false });
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = settled(peer.run(() => promise));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await end).toMatchObject({ reason: 'deadline-exceeded' });
  await expect(peer.run(well)).rejects.toMatchObject({ reason: 'bulkhead-full' });
  resolve();
  await promise;
  await turn();
  expect(await peer.run(well)).toBe('well');
});

test('a call that found no slot is tried again', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const sleep = async () => {
    resolve('first');
    await turn();
  };
  const peer = given({ bulkhead: 1, clock: { sleep, random: () => 1 } });
  const first = peer.run(() => promise);
  expect(await peer.run(well, true)).toBe('well');
  expect(await first).toBe('first');
});

test('calls that found no slot do not make up for those that failed', async () => {
  const peer = given({ bulkhead: 10, retry: false });
  const hanging = Array.from({ length: 10 }, () => settled(peer.run((signal) => aborted(signal))));
  for (let refused = 0; refused < 100; refused++) await settled(peer.run(well));
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(hanging);
  for (let failed = 0; failed < 10; failed++) await settled(peer.run(away));
  await expect(peer.run(well)).rejects.toMatchObject({ reason: 'breaker-open' });
});

test('a call that found no slot does not pass for a probe', async () => {
  const peer = given({ bulkhead: 1, retry: false, breaker: { volume: 1 } });
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = settled(peer.run(() => promise));
  await vi.advanceTimersByTimeAsync(1_000 + 5_000);
  const seen = events();
  await expect(peer.run(well)).rejects.toMatchObject({ reason: 'bulkhead-full' });
  expect(seen).toEqual(['peer bulkhead-full']);
  resolve();
  await held;
});

test('each kind of calls has a breaker of its own', async () => {
  const seen = events();
  const peer = given({ retry: false, breaker: { volume: 3 } });
  for (let call = 0; call < 3; call++) await settled(peer.run(away, false, 'writes'));
  await expect(peer.run(well, false, 'writes')).rejects.toMatchObject({ reason: 'breaker-open' });
  expect(await peer.run(well, false, 'reads')).toBe('well');
  expect(seen).toEqual(['peer writes breaker-open', 'peer writes breaker-rejected']);
});

test('breaker and retries can be switched off', async () => {
  const peer = given({ breaker: false, retry: false });
  const dead = vi.fn(away);
  for (let call = 0; call < 50; call++) await expect(peer.run(dead, true)).rejects.toThrow(Away);
  expect(dead).toHaveBeenCalledTimes(50);
});

/** A call that ends when its signal does. */
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
