import { describe, expect, test } from 'vitest';
import { conformance } from './conformance.ts';
import { inProcessKeyValue } from './in-process.ts';

/** A store whose clock stands still until it is told to go on. */
function given(maxEntries?: number) {
  let time = 1_000;
  const store = inProcessKeyValue({ now: () => time, ...(maxEntries && { maxEntries }) });
  const pass = async (ms: number) => {
    time += ms;
  };
  return { store, pass };
}

describe('the in-process adapter', () => {
  conformance(() => {
    const { store, pass } = given();
    return { stores: [store], pass };
  });

  test('forgets the value that was used longest ago when it is full', async () => {
    const { store } = given(3);
    for (const key of ['a', 'b', 'c']) await store.set(key, key, 60_000);
    await store.get('a');
    await store.set('c', 'c again', 60_000);
    await store.set('d', 'd', 60_000);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get(key)))).toEqual([
      'a',
      undefined,
      'c again',
      'd',
    ]);
  });

  test('keeps its values whatever number of buckets is asked for', async () => {
    const { store } = given(3);
    await store.set('session:1', 'here', 60_000);
    for (let address = 0; address < 10; address++) await store.take(`address:${address}`, { perSecond: 1, burst: 1 });
    expect(await store.get('session:1')).toBe('here');
  });

  test('counts ten tenths of a token as a token, whatever their sum is in floating point', async () => {
    const { store, pass } = given();
    const limit = { perSecond: 1, burst: 1 };
    const takes = [await store.take('key', limit)];
    for (let tenth = 0; tenth < 10; tenth++) {
      await pass(100);
      takes.push(await store.take('key', limit));
    }
    expect(takes.map(({ allowed }) => allowed)).toEqual([true, ...Array(9).fill(false), true]);
  });

  test('refills nothing while its clock goes back', async () => {
    const { store, pass } = given();
    const limit = { perSecond: 10, burst: 1 };
    await store.take('key', limit);
    await pass(-500);
    expect(await store.take('key', limit)).toMatchObject({ allowed: false });
    await pass(100);
    expect(await store.take('key', limit)).toMatchObject({ allowed: true });
  });
});
