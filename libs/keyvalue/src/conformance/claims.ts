import { expect, test } from 'vitest';
import { atOnce, type Fresh } from './subject.ts';

export function claims(fresh: Fresh): void {
  test('of 50 callers who claim at once exactly one has it, and its value is the one that is kept', async () => {
    const subject = fresh();
    const told = await atOnce(subject, 50, (store, index) => store.setIfAbsent(subject.key, `caller ${index}`, 60_000));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await subject.store.get(subject.key)).toBe(`caller ${told.indexOf(true)}`);
  });

  test('a claim that has expired can be made again', async () => {
    const { store, key, pass } = fresh();
    expect(await store.setIfAbsent(key, 'first', 30)).toBe(true);
    await pass(31);
    expect(await store.setIfAbsent(key, 'second', 60_000)).toBe(true);
    expect(await store.get(key)).toBe('second');
  });

  test('its owner gives a claim another value and a longer or shorter time to live', async () => {
    const { store, key, pass } = fresh();
    await store.setIfAbsent(key, 'mine', 500);
    expect(await store.replace(key, 'mine', 'answer', 60_000)).toBe(true);
    await store.setIfAbsent(`${key}:other`, 'mine', 60_000);
    expect(await store.replace(`${key}:other`, 'mine', 'answer', 500)).toBe(true);
    await pass(501);
    expect(await store.get(key)).toBe('answer');
    expect(await store.get(`${key}:other`)).toBeUndefined();
  });

  test('what is not as expected, or has expired, is neither replaced nor deleted', async () => {
    const { store, key, pass } = fresh();
    await store.set(key, 'theirs', 60_000);
    expect(await store.replace(key, 'mine', 'answer', 60_000)).toBe(false);
    expect(await store.deleteIf(key, 'mine')).toBe(false);
    expect(await store.get(key)).toBe('theirs');

    await store.set(key, 'mine', 30);
    await pass(31);
    expect(await store.replace(key, 'mine', 'answer', 60_000)).toBe(false);
    expect(await store.deleteIf(key, 'mine')).toBe(false);
    expect(await store.get(key)).toBeUndefined();
  });

  test('of 50 callers who replace the same value at once exactly one does', async () => {
    const subject = fresh();
    await subject.store.set(subject.key, 'open', 60_000);
    const told = await atOnce(subject, 50, (store, index) =>
      store.replace(subject.key, 'open', `caller ${index}`, 60_000),
    );
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await subject.store.get(subject.key)).toBe(`caller ${told.indexOf(true)}`);
  });

  test('a released claim can be made again', async () => {
    const { store, key } = fresh();
    await store.setIfAbsent(key, 'mine', 60_000);
    expect(await store.deleteIf(key, 'mine')).toBe(true);
    expect(await store.setIfAbsent(key, 'theirs', 60_000)).toBe(true);
  });
}
