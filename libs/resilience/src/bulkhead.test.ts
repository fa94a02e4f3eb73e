import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { bulkhead } from './bulkhead.ts';
import { events } from './events-for-tests.ts';

test('lets so many calls through at a time, and refuses more at once', async () => {
  const seen = events();
  const slots = bulkhead('peer', 2);
  const calls = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const running = calls.map(({ promise }) => slots(() => promise));
  const third = vi.fn(async () => 'third');
  await expect(slots(third)).rejects.toMatchObject({ reason: 'bulkhead-full', retryAfterMs: 100 });
  expect(third).not.toHaveBeenCalled();
  expect(seen).toEqual(['peer bulkhead-full']);

  calls[0].resolve('first');
  expect(await running[0]).toBe('first');
  expect(await slots(third)).toBe('third');
  calls[1].resolve('second');
  await running[1];
});

test.each([
  ['fails', () => Promise.reject(new Error('no'))],
  [
    'throws before it has begun',
    () => {
      throw new Error('no');
    },
  ],
])('a call that %s gives its slot back', async (_, call) => {
  const slots = bulkhead('peer', 1);
  await expect(slots(call)).rejects.toThrow('no');
  expect(await slots(async () => 'next')).toBe('next');
});

test('whatever comes and however it ends, slots are those of calls that have not ended, though nobody waits for them', async () => {
  const step = fc.constantFrom('call', 'succeed', 'fail', 'forget');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 50 }), async (limit, steps) => {
      const slots = bulkhead('peer', limit);
      const running: PromiseWithResolvers<void>[] = [];
      const ends: Promise<unknown>[] = [];
      for (const now of steps) {
        if (now === 'call' || now === 'forget') {
          const call = Promise.withResolvers<void>();
          const held = () =>
            slots(() => {
              running.push(call);
              return call.promise;
            });
          const before = running.length;
          const end = held().catch(() => undefined);
          ends.push(now === 'call' ? end : Promise.race([end, undefined]));
          expect(running.length).toBe(Math.min(limit, before + 1));
        } else {
          const ended = running.shift();
          ended?.[now === 'succeed' ? 'resolve' : 'reject']();
          await new Promise(setImmediate);
        }
      }
      for (const call of running) call.resolve();
      await Promise.all(ends);
    }),
    { numRuns: 50 },
  );
});
