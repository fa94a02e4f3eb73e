import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { events } from './events-for-tests.ts';
import { policy } from './policy.ts';
import { retryBudget } from './retry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers after so long, unless it is aborted. */
const after =
  (ms: number, answer: string, ended: string[] = []) =>
  (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      setTimeout(resolve, ms, answer);
      signal.addEventListener('abort', () => ended.push(answer) && reject(signal.reason));
    });

const away = async () => {
  throw new Error('away');
};

/** A peer that has answered a hundred times, after 1 to 100 ms. */
async function given(options: { hedge?: object; retry?: { budget: number } } = { hedge: {} }) {
  const peer = policy({ target: 'peer', deadlineMs: 10_000, transient: () => false, ...options });
  const asking = Promise.all(Array.from({ length: 100 }, (_, n) => peer.run(after(n + 1, 'usual'), true)));
  await vi.advanceTimersByTimeAsync(100);
  await asking;
  /** The nth call does the nth thing. */
  return (...works: ((signal: AbortSignal) => Promise<string>)[]) => {
    const work = vi.fn((signal: AbortSignal) => (works.shift() as (signal: AbortSignal) => Promise<string>)(signal));
    return { work, end: peer.run(work, true) };
  };
}

test('what is slower than 95 of 100 answers is asked for again; the first answer counts, and the other call is aborted', async () => {
  const seen = events();
  const ended: string[] = [];
  const ask = await given();
  const { work, end } = ask(after(5_000, 'slow', ended), after(10, 'fast', ended));
  await vi.advanceTimersByTimeAsync(94);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(11);
  expect(await end).toBe('fast');
  expect(ended).toContain('slow');
  expect(seen).toEqual(['peer hedge']);
});

test('an answer comes when the faster of the two calls has it', async () => {
  const ms = fc.integer({ min: 1, max: 1_000 });
  await fc.assert(
    fc.asyncProperty(ms, ms, ms, async (usual, first, second) => {
      const hedge = { sample: 1, percentile: 1 };
      const peer = policy({ target: 'peer', deadlineMs: 10_000, transient: () => false, hedge });
      const works = [after(usual, 'usual'), after(first, 'first'), after(second, 'second')];
      const ask = () => peer.run((signal) => (works.shift() as (typeof works)[0])(signal), true).then(() => Date.now());
      const warm = ask();
      await vi.advanceTimersByTimeAsync(usual);
      await warm;
      const began = Date.now();
      const end = ask();
      await vi.advanceTimersByTimeAsync(3_000);
      expect((await end) - began).toBe(first <= usual ? first : Math.min(first, usual + second));
    }),
  );
});

test('the first call may still be the faster one', async () => {
  const { end } = (await given())(after(100, 'first'), after(50, 'second'));
  await vi.advanceTimersByTimeAsync(100);
  expect(await end).toBe('first');
});

test('a second call that fails changes nothing, and where both fail the first one’s failure is the result', async () => {
  const ask = await given();
  const one = ask(after(200, 'first'), away).end;
  await vi.advanceTimersByTimeAsync(200);
  expect(await one).toBe('first');
  const lost = ask(() => after(200, '')(AbortSignal.abort()).then(() => Promise.reject(new Error('first'))), away).end;
  const end = expect(lost).rejects.toThrow('first');
  await vi.advanceTimersByTimeAsync(200);
  await end;
});

test('nothing is doubled unless it is asked for, nor what may not be repeated, nor before it is known what is slow', async () => {
  const seen = events();
  const plain = await given({});
  void plain(after(500, 'slow'));
  const peer = policy({ target: 'peer', deadlineMs: 10_000, transient: () => false, hedge: {} });
  void peer.run(after(500, 'slow'), true);
  void peer.run(after(500, 'slow'));
  await vi.advanceTimersByTimeAsync(500);
  expect(seen).toEqual([]);
});

test('second calls are paid from the budget of the retries', async () => {
  const seen = events();
  const ask = await given({ hedge: {}, retry: { budget: 0 } });
  const ends = Array.from({ length: 30 }, () => ask(after(500, 'slow'), after(500, 'slow too')).end);
  await vi.advanceTimersByTimeAsync(600);
  await Promise.all(ends);
  const budget = retryBudget(0);
  const affordable = Array.from({ length: 30 }, budget.withdraw).filter(Boolean);
  expect(seen).toHaveLength(affordable.length);
});
