import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { remainingMs, signal, withDeadline } from './deadline.ts';
import { events } from './events-for-tests.ts';
import { Rejected } from './rejected.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const exceeded = { name: 'Rejected', reason: 'deadline-exceeded' };
const settled = (promise: Promise<unknown>) => promise.then(String, (error) => error);

test('work in time has its own result or error, and leaves no timer', async () => {
  expect(await withDeadline('peer', 100, async () => 'done')).toBe('done');
  await expect(withDeadline('peer', 100, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  expect(vi.getTimerCount()).toBe(0);
});

test('work that takes too long ends with the deadline, and its signal says why', async () => {
  const seen = events();
  const work = vi.fn((_signal: AbortSignal) => never());
  const end = settled(withDeadline('peer', 100, work));
  const given = work.mock.calls[0]?.[0];
  await vi.advanceTimersByTimeAsync(99);
  expect(given?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  const error = await end;
  expect(error).toMatchObject(exceeded);
  expect(given?.reason).toBe(error);
  expect(seen).toEqual(['peer deadline-exceeded']);
});

test('work that makes an error of its own of the signal does not hide the deadline', async () => {
  const work = (given: AbortSignal) =>
    new Promise((_, reject) => given.addEventListener('abort', () => reject(new Error('cancelled'))));
  const end = settled(withDeadline('peer', 100, work));
  await vi.advanceTimersByTimeAsync(100);
  expect(await end).toMatchObject(exceeded);
});

test('work that ignores the signal goes on, and how it ends is nobody’s concern', async () => {
  const { promise, reject } = Promise.withResolvers();
  const end = settled(withDeadline('peer', 100, () => promise));
  await vi.advanceTimersByTimeAsync(100);
  expect(await end).toMatchObject(exceeded);
  reject(new Error('too late for anyone'));
  await vi.advanceTimersByTimeAsync(0);
});

test.each([
  ['the outer', 100, 500],
  ['the inner', 500, 100],
])('of two deadlines %s holds when it is the smaller', async (_, outer, inner) => {
  const left: number[] = [];
  const nested = () => withDeadline('inner', inner, async () => left.push(remainingMs()));
  await withDeadline('outer', outer, nested);
  expect(left).toEqual([100]);
});

test('what has been used up is missing within', async () => {
  const end = withDeadline('outer', 100, async () => {
    await vi.advanceTimersByTimeAsync(70);
    return withDeadline('inner', 1_000, async () => remainingMs());
  });
  expect(await end).toBe(30);
});

test('work whose deadline has passed is not begun', async () => {
  const seen = events();
  const work = vi.fn(never);
  await expect(withDeadline('peer', 0, work)).rejects.toMatchObject(exceeded);
  await expect(withDeadline('peer', -1, work)).rejects.toMatchObject(exceeded);
  expect(work).not.toHaveBeenCalled();
  expect(seen).toEqual(['peer deadline-exceeded', 'peer deadline-exceeded']);
});

test('within a deadline that has passed nothing is begun either', async () => {
  const within = vi.fn(never);
  const inner: unknown[] = [];
  const end = settled(
    withDeadline('outer', 100, async (given) => {
      await new Promise((resolve) => given.addEventListener('abort', resolve));
      inner.push(await settled(withDeadline('inner', 1_000, within)));
    }),
  );
  await vi.advanceTimersByTimeAsync(100);
  expect(await end).toMatchObject(exceeded);
  expect(inner).toEqual([expect.objectContaining(exceeded)]);
  expect(within).not.toHaveBeenCalled();
});

test('without end there is all the time, and still a signal', async () => {
  const gone = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = (given: AbortSignal) => {
    given.addEventListener('abort', () => resolve(`${given.reason}, ${remainingMs()} ms left`));
    return promise;
  };
  const end = withDeadline('stream', Number.POSITIVE_INFINITY, work, gone.signal);
  await vi.advanceTimersByTimeAsync(86_400_000);
  gone.abort('left');
  expect(await end).toBe('left, Infinity ms left');
});

test('a caller who goes away aborts the signal of everything within, with his reason', async () => {
  const caller = new AbortController();
  const reasons: unknown[] = [];
  const listen = (given: AbortSignal) => {
    given.addEventListener('abort', () => reasons.push(given.reason));
    expect(signal()).toBe(given);
    return never();
  };
  const outer = withDeadline('outer', 100, () => withDeadline('inner', 100, listen), caller.signal);
  caller.abort('left');
  expect(reasons).toEqual(['left']);
  void settled(outer);
  await vi.advanceTimersByTimeAsync(100);
});

test('a deadline reaches the signals within it', async () => {
  const reasons: unknown[] = [];
  const listen = (given: AbortSignal) => {
    given.addEventListener('abort', () => reasons.push(given.reason));
    return never();
  };
  const outer = settled(withDeadline('outer', 100, () => withDeadline('inner', 200, listen)));
  await vi.advanceTimersByTimeAsync(100);
  await outer;
  expect(reasons).toEqual([expect.any(Rejected)]);
});

test('outside of any deadline there is all the time and no signal', () => {
  expect(remainingMs()).toBe(Number.POSITIVE_INFINITY);
  expect(signal()).toBeUndefined();
});

test('however deep deadlines are within each other, what is left is the least of them, and work ends with it', async () => {
  const ms = fc.integer({ min: 1, max: 10_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(ms, { minLength: 1, maxLength: 6 }), async (budgets) => {
      let left = 0;
      const nested = (index: number): Promise<unknown> => {
        const budget = budgets[index];
        if (budget !== undefined) return withDeadline('peer', budget, () => nested(index + 1));
        left = remainingMs();
        return never();
      };
      const [began, least] = [Date.now(), Math.min(...budgets)];
      const end = settled(nested(0)).then((error) => [error, Date.now() - began]);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(left).toBe(least);
      expect(await end).toEqual([expect.objectContaining(exceeded), least]);
    }),
  );
});
