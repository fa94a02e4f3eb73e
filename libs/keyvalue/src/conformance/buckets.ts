import { expect, test } from 'vitest';
import { atOnce, type Fresh } from './subject.ts';

export function buckets(fresh: Fresh): void {
  test('a bucket gives its burst, refuses, and gives again what it has gained since', async () => {
    const { store, key, pass } = fresh();
    const limit = { perSecond: 4, burst: 3 };
    const take = async () => (await store.take(key, limit)).allowed;
    expect([await take(), await take(), await take(), await take()]).toEqual([true, true, true, false]);
    await pass(250);
    expect([await take(), await take()]).toEqual([true, false]);
  });

  test('what remains and when the bucket is full again is told with every take', async () => {
    const { store, key } = fresh();
    const limit = { perSecond: 0.1, burst: 3 };
    const takes = [await store.take(key, limit), await store.take(key, limit, 2), await store.take(key, limit)];
    expect(takes.map(({ remaining }) => remaining)).toEqual([2, 0, 0]);
    expect(takes[0]).toEqual({ allowed: true, remaining: 2, retryAfterMs: 0, resetMs: 10_000 });
    for (const { resetMs } of takes.slice(1)) expect(resetMs).toSatisfy((ms: number) => ms > 25_000 && ms <= 30_000);
  });

  test('who waits as long as a refusal says succeeds, and was not sent away for longer than a token takes', async () => {
    const { store, key, pass } = fresh();
    const limit = { perSecond: 7, burst: 2 };
    await store.take(key, limit, 2);
    const { allowed, retryAfterMs } = await store.take(key, limit);
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBeLessThanOrEqual(Math.ceil(1000 / 7));
    await pass(retryAfterMs);
    expect(await store.take(key, limit)).toMatchObject({ allowed: true, retryAfterMs: 0 });
  });

  test('a part of a token that is there already shortens the wait for the rest', async () => {
    const { store, key } = fresh();
    const limit = { perSecond: 0.1, burst: 2 };
    await store.take(key, limit, 1.5);
    const { retryAfterMs } = await store.take(key, limit);
    expect(retryAfterMs).toSatisfy((ms: number) => ms > 3_000 && ms <= 5_000);
  });

  test('a bucket is full after as long as it says, and never more than full', async () => {
    const { store, key, pass } = fresh();
    const limit = { perSecond: 20, burst: 2 };
    const { resetMs } = await store.take(key, limit, 2);
    expect(resetMs).toBe(100);
    await pass(2 * resetMs);
    expect(await store.take(key, limit, 2)).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('of 200 takes at once as many succeed as the burst holds', async () => {
    const subject = fresh();
    const limit = { perSecond: 0.01, burst: 20 };
    const takes = await atOnce(subject, 200, (store) => store.take(subject.key, limit));
    expect(takes.filter(({ allowed }) => allowed)).toHaveLength(20);
  });

  test('a take that is refused takes nothing', async () => {
    const { store, key } = fresh();
    const limit = { perSecond: 0.01, burst: 10 };
    await store.take(key, limit, 6);
    expect(await store.take(key, limit, 5)).toMatchObject({ allowed: false, remaining: 4 });
    expect(await store.take(key, limit, 4)).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('each key has a bucket of its own, and a value of the same name besides', async () => {
    const { store, key } = fresh();
    const limit = { perSecond: 0.01, burst: 1 };
    await store.set(key, 'value', 60_000);
    expect(await store.take(key, limit)).toMatchObject({ allowed: true });
    expect(await store.take(`${key}2`, limit)).toMatchObject({ allowed: true });
    expect(await store.take(key, limit)).toMatchObject({ allowed: false });
    expect(await store.get(key)).toBe('value');
  });

  test.each([0, -1, 3.5, Number.NaN])(
    'a cost of %d, which no wait makes fit into a burst of 3, is a mistake',
    async (cost) => {
      const { store, key } = fresh();
      await expect(store.take(key, { perSecond: 1, burst: 3 }, cost)).rejects.toThrow(RangeError);
    },
  );
}
