import { expect, test } from 'vitest';
import { events } from './events-for-tests.ts';
import { fallback } from './fallback.ts';

const away = () => Promise.reject(new Error('away'));

test('an answer is what it is; instead of a failure there is another, and it is told', async () => {
  const seen = events();
  expect(
    await fallback(
      'peer',
      async () => 'answer',
      () => 'none',
    ),
  ).toBe('answer');
  expect(seen).toEqual([]);
  expect(await fallback('peer', away, (error) => (error as Error).message)).toBe('away');
  expect(seen).toEqual(['peer fallback']);
});

test('a failure that it is not for stays one', async () => {
  await expect(
    fallback(
      'peer',
      away,
      () => 'none',
      () => false,
    ),
  ).rejects.toThrow('away');
});
