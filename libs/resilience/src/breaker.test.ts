import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { breaker } from './breaker.ts';
import { withDeadline } from './deadline.ts';
import { events } from './events-for-tests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const RESET_MS = 5_000;
const open = { name: 'Rejected', reason: 'breaker-open', retryAfterMs: RESET_MS };

class Away extends Error {}
const away = () => Promise.reject(new Away());
const well = async () => 'well';
const never = () => new Promise<never>(() => undefined);

function given() {
  const through = breaker('peer', {}, (error) => error instanceof Away);
  const repeat = async (times: number, work: () => Promise<unknown>) => {
    for (let done = 0; done < times; done++) await through(work).catch(() => undefined);
  };
  const opened = async () => {
    await repeat(20, away);
    await expect(through(well)).rejects.toMatchObject(open);
  };
  const halfOpened = async () => {
    await opened();
    await vi.advanceTimersByTimeAsync(RESET_MS);
  };
  return { through, repeat, opened, halfOpened };
}

test('opens when more than half of the calls fail, and then calls nobody', async () => {
  const seen = events();
  const { through, repeat } = given();
  await repeat(9, well);
  await repeat(10, away);
  expect(seen).toEqual([]);
  await repeat(1, away);
  const work = vi.fn(well);
  await expect(through(work)).rejects.toMatchObject(open);
  expect(work).not.toHaveBeenCalled();
  expect(seen).toEqual(['peer breaker-open', 'peer breaker-rejected']);
});

test('stays closed while half of the calls succeed', async () => {
  const { through, repeat } = given();
  for (let pair = 0; pair < 50; pair++) {
    await repeat(1, well);
    await repeat(1, away);
  }
  expect(await through(well)).toBe('well');
});

test('does not judge by fewer calls than the volume', async () => {
  const { through, repeat } = given();
  await repeat(19, away);
  expect(await through(well)).toBe('well');
});

test('forgets what is older than its window', async () => {
  const { through, repeat } = given();
  await repeat(19, away);
  await vi.advanceTimersByTimeAsync(10_000);
  await repeat(19, away);
  expect(await through(well)).toBe('well');
});

test('a client’s mistakes are no failures', async () => {
  const { through, repeat } = given();
  await repeat(100, () => Promise.reject(new Error('no such order')));
  expect(await through(well)).toBe('well');
});

test('results and errors come through as they are', async () => {
  const { through } = given();
  const error = new Away();
  await expect(through(() => Promise.reject(error))).rejects.toBe(error);
  await expect(through(() => Promise.reject(undefined))).rejects.toBeUndefined();
  const broken = (): Promise<never> => {
    throw error;
  };
  await expect(through(broken)).rejects.toBe(error);
});

test('after a while one probe is let through, and closes it when it succeeds', async () => {
  const { through, halfOpened } = given();
  await halfOpened();
  const seen = events();
  const probe = Promise.withResolvers<string>();
  const probing = through(() => probe.promise);
  await expect(through(well)).rejects.toMatchObject(open);
  probe.resolve('back');
  expect(await probing).toBe('back');
  expect(await through(well)).toBe('well');
  expect(seen).toEqual(['peer breaker-rejected', 'peer breaker-closed']);
});

test('a probe that fails opens it again, until the next', async () => {
  const { through, repeat, halfOpened } = given();
  await halfOpened();
  const seen = events();
  await repeat(1, away);
  await expect(through(well)).rejects.toMatchObject(open);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  expect(await through(well)).toBe('well');
  const names = ['breaker-open', 'breaker-rejected', 'breaker-half-open', 'breaker-closed'];
  expect(seen).toEqual(names.map((name) => `peer ${name}`));
});

test('calls that miss their deadline count, also those that ignore their signal', async () => {
  const { through } = given();
  const calls = Array.from({ length: 20 }, () =>
    withDeadline('peer', 100, (signal) => through(never, signal)).catch(() => undefined),
  );
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all(calls);
  await expect(through(well)).rejects.toMatchObject(open);
});

test('a shorter deadline within the call counts as well', async () => {
  const { through } = given();
  const calls = Array.from({ length: 20 }, () => through(() => withDeadline('try', 100, never)).catch(() => undefined));
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all(calls);
  await expect(through(well)).rejects.toMatchObject(open);
});

test('a probe that never ends does not keep the next one away', async () => {
  const { through, halfOpened } = given();
  await halfOpened();
  void withDeadline('peer', 100, (signal) => through(never, signal)).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  await expect(through(well)).rejects.toMatchObject(open);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  expect(await through(well)).toBe('well');
});

/** A call whose caller goes away, and which then fails as cancelled. */
function abandoned(through: ReturnType<typeof breaker>) {
  const caller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  caller.signal.addEventListener('abort', () => reject(new Away('cancelled')));
  const call = through(() => promise, caller.signal).catch(() => undefined);
  caller.abort();
  return call;
}

test('callers who go away do not speak against the peer', async () => {
  const { through } = given();
  for (let call = 0; call < 50; call++) await abandoned(through);
  expect(await through(well)).toBe('well');
});

test('a probe whose caller went away has not shown that the peer is back', async () => {
  const { through, halfOpened } = given();
  await halfOpened();
  await abandoned(through);
  await expect(through(well)).rejects.toMatchObject(open);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  expect(await through(well)).toBe('well');
});

test('a client’s mistake as a probe has not shown that the peer is back', async () => {
  const { through, repeat, halfOpened } = given();
  await halfOpened();
  await repeat(1, () => Promise.reject(new Error('no such order')));
  await expect(through(well)).rejects.toMatchObject(open);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  expect(await through(well)).toBe('well');
});

test('a peer that is overloaded is called on: it refuses for itself what it cannot do', async () => {
  const { through, repeat } = given();
  const overloaded = Object.assign(new Away(), { reason: 'overloaded' });
  await repeat(100, () => Promise.reject(overloaded));
  expect(await through(well)).toBe('well');
});

test('whatever the calls, it opens only when more than half of twenty or more have failed, and lets no call out while it is open', async () => {
  const ends = fc.array(fc.constantFrom('well', 'away', 'mistake'), { minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(ends, async (calls) => {
      const { through } = given();
      const end = { well, away, mistake: () => Promise.reject(new Error('mistake')) };
      let [failed, all, closed] = [0, 0, true];
      for (const name of calls) {
        const work = vi.fn(end[name]);
        await through(work).catch(() => undefined);
        expect(work).toHaveBeenCalledTimes(closed ? 1 : 0);
        if (!closed) continue;
        all++;
        if (name === 'away') failed++;
        closed = name !== 'away' || all < 20 || failed * 2 <= all;
      }
    }),
  );
});
