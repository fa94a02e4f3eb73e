import { testRedis } from '@chandlery/testing';
import { describe, expect, test } from 'vitest';
import { storeBehindProxy } from './outage-for-tests.ts';

const url = testRedis();
const given = () => storeBehindProxy(url!);
const limit = { perSecond: 0.01, burst: 3 };

describe.skipIf(!url)('a store with Redis', () => {
  test('shares what it holds while Redis is there', async () => {
    const { store, direct, key } = await given();
    await store.set(key, 'value', 60_000);
    expect(await direct.get(key)).toBe('value');
    expect(await direct.setIfAbsent(key, 'other', 60_000)).toBe(false);
    await store.take(key, limit, 2);
    expect(await direct.take(key, limit)).toMatchObject({ allowed: true, remaining: 0 });
    expect(store.healthy()).toBe(true);
  });

  test('has no values while Redis is away, and limits by itself', async () => {
    const { store, key, away } = await given();
    await store.set(key, 'value', 60_000);
    await store.take(key, limit, 3);
    await away();
    expect(await store.get(key)).toBeUndefined();
    const takes = await Promise.all(Array.from({ length: 10 }, () => store.take(key, limit)));
    expect(takes.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  test('shares again when Redis is back', async () => {
    const { store, direct, key, away, back } = await given();
    await store.set(key, 'value', 60_000);
    await away();
    await store.take(key, limit, 3);
    await back();
    expect(await store.get(key)).toBe('value');
    expect(await store.take(key, limit, 3)).toMatchObject({ allowed: true });
    expect(await direct.take(key, limit)).toMatchObject({ allowed: false });
  });

  test('shows no old value when Redis is back', async () => {
    const { store, direct, key, away, back } = await given();
    await store.set(`${key}:set`, 'old', 60_000);
    await store.set(`${key}:deleted`, 'old', 60_000);
    await away();
    await store.set(`${key}:set`, 'new', 60_000);
    await store.delete(`${key}:deleted`);
    await back();
    expect(await store.get(`${key}:set`)).toBeUndefined();
    expect(await direct.get(`${key}:set`)).toBeUndefined();
    expect(await direct.get(`${key}:deleted`)).toBeUndefined();
  });

  test('gives a claim to one caller while Redis is away, and honours it when Redis is back', async () => {
    const { store, direct, key, away, back } = await given();
    await away();
    const claims = Array.from({ length: 50 }, () => store.setIfAbsent(key, 'mine', 60_000));
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    await back();
    expect(await store.setIfAbsent(key, 'other', 60_000)).toBe(false);
    expect(await store.replace(key, 'mine', 'answer', 60_000)).toBe(true);
    expect(await store.get(key)).toBe('answer');
    expect(await direct.get(key)).toBeUndefined();
    expect(await store.deleteIf(key, 'answer')).toBe(true);
    expect(await store.setIfAbsent(key, 'other', 60_000)).toBe(true);
    expect(await direct.get(key)).toBe('other');
  });

  test('cannot finish a claim that Redis holds while Redis is away', async () => {
    const { store, key, away, back } = await given();
    await store.setIfAbsent(key, 'mine', 60_000);
    await away();
    expect(await store.replace(key, 'mine', 'answer', 60_000)).toBe(false);
    await back();
    expect(await store.get(key)).toBe('mine');
  });

  test('does not take a mistake of its caller for an outage', async () => {
    const { store, key } = await given();
    await expect(store.take(key, limit, 4)).rejects.toThrow(RangeError);
    await expect(store.set(key, 'value', Number.NaN)).rejects.toThrow(RangeError);
  });
});
