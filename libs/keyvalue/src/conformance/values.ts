import { expect, test } from 'vitest';
import type { Fresh } from './subject.ts';

export function values(fresh: Fresh): void {
  test('a value is there until its time to live is over, and no other value goes with it', async () => {
    const { store, key, pass } = fresh();
    await store.set(key, 'short', 30);
    await store.set(`${key}:long`, 'long', 60_000);
    expect(await store.get(`${key}:long`)).toBe('long');
    await pass(31);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.get(`${key}:long`)).toBe('long');
  });

  test('a value that nobody set is undefined', async () => {
    const { store, key } = fresh();
    expect(await store.get(key)).toBeUndefined();
  });

  test('setting again replaces the value and its time to live', async () => {
    const { store, key, pass } = fresh();
    await store.set(key, 'first', 30);
    await store.set(key, 'second', 60_000);
    await pass(31);
    expect(await store.get(key)).toBe('second');
  });

  test('a deleted value is gone, and deleting it again does no harm', async () => {
    const { store, key } = fresh();
    await store.set(key, 'value', 60_000);
    await store.delete(key);
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['a line end and a zero byte', 'one\r\ntwo\0three'],
    ['letters of every width', 'a é 漢 🜁 \u{10ffff}'],
    ['what looks like the protocol', '$-1\r\n*1\r\n$4\r\nQUIT\r\n'],
    ['64 KiB', '€'.repeat(65_536 / 3)],
  ])('a value of %s comes back as it went in, and so does a claim', async (_, value) => {
    const { store, key } = fresh();
    await store.set(key, value, 60_000);
    expect(await store.get(key)).toBe(value);
    expect(await store.replace(key, value, `${value}!`, 60_000)).toBe(true);
    expect(await store.deleteIf(key, `${value}!`)).toBe(true);
  });

  test('keys that differ in a letter, in case or in a last space are different keys', async () => {
    const { store, key } = fresh();
    const keys = [`${key}a`, `${key}A`, `${key}a `, `${key}á`, `${key}a\n`];
    for (const each of keys) await store.set(each, each, 60_000);
    for (const each of keys) expect(await store.get(each)).toBe(each);
  });

  test('a fraction of a millisecond and a time that is over are kept as the shortest there is', async () => {
    const { store, key, pass } = fresh();
    await store.set(key, 'value', 0.25);
    await store.set(`${key}:past`, 'value', -5);
    await pass(2);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.get(`${key}:past`)).toBeUndefined();
  });

  test('nothing is kept for ever', async () => {
    const { store, key } = fresh();
    await expect(store.set(key, 'value', Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError);
    await expect(store.setIfAbsent(key, 'value', Number.NaN)).rejects.toThrow(RangeError);
    expect(await store.get(key)).toBeUndefined();
  });
}
