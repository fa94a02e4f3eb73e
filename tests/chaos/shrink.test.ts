import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const containing = (needed: readonly number[]) => async (part: readonly number[]) =>
  needed.every((one) => part.includes(one));

test('what is left still fails, and is exactly what is needed', async () => {
  const lists = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 40 });
  const cases = lists.chain((list) =>
    fc.record({ list: fc.constant(list), needed: fc.subarray(list, { minLength: 1 }) }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ list, needed }) => {
      const smallest = await shrink(list, containing(needed), 100_000);
      expect([...smallest].sort()).toEqual([...needed].sort());
    }),
  );
});

test('it gives up after so many tries, with the smallest that it has seen fail', async () => {
  const list = Array.from({ length: 64 }, (_, n) => n);
  let tries = 0;
  const fails = async (part: readonly number[]) => {
    tries++;
    return part.includes(3) && part.includes(60);
  };
  const smallest = await shrink(list, fails, 10);
  expect(tries).toBe(10);
  expect(smallest.length).toBeLessThan(64);
  expect(smallest).toEqual(expect.arrayContaining([3, 60]));
});
