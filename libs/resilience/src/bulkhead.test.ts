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
