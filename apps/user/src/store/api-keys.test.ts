import { database } from '@chandlery/database';
import { testDatabase } from '@chandlery/testing';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../migrations.ts';
import { apiKeyStore } from './api-keys.ts';
import type { Tables } from './tables.ts';

async function given() {
  const db = database<Tables>(await testDatabase(migrations));
  onTestFinished(() => db.destroy());
  const [jane, john] = [v7(), v7()];
  const user = (id: string) => ({ id, email: id, email_key: id, name: 'Jane', password_hash: '' });
  await db
    .insertInto('users')
    .values([user(jane), user(john)])
    .execute();
  return { db, jane, john, keys: apiKeyStore(db) };
}

test('a key is found by itself, and only its digest is kept', async () => {
  const { db, jane, keys } = await given();
  const { apiKey, key } = await keys.create(jane, ' deploy ');
  expect(key).toMatch(/^chk_[0-9a-f]{8}_[\w-]{43}$/);
  expect(apiKey).toEqual({
    id: expect.any(String),
    name: 'deploy',
    prefix: key.slice(0, 12),
    createdAt: expect.any(Date),
  });
  expect(await keys.find(key)).toEqual({ id: apiKey.id, userId: jane });
  expect(await keys.find(`${key}x`)).toBeUndefined();
  const rows = JSON.stringify(await db.selectFrom('api_keys').selectAll().execute());
  expect(rows).not.toContain(key.slice(13));
});

test("a list has the user's own keys, newest first", async () => {
  const { jane, john, keys } = await given();
  await keys.create(jane, 'first');
  await keys.create(jane, 'second');
  await keys.create(john, 'other');
  expect((await keys.list(jane)).map(({ name }) => name)).toEqual(['second', 'first']);
});

test('only its owner can delete a key, once, and then it is gone', async () => {
  const { jane, john, keys } = await given();
  const { apiKey, key } = await keys.create(jane, 'deploy');
  expect(await keys.delete(john, apiKey.id)).toBe(false);
  expect(await keys.exists(apiKey.id)).toBe(true);
  expect(await keys.delete(jane, apiKey.id)).toBe(true);
  expect(await keys.delete(jane, apiKey.id)).toBe(false);
  expect(await keys.exists(apiKey.id)).toBe(false);
  expect(await keys.find(key)).toBeUndefined();
  expect(await keys.delete(jane, 'no id')).toBe(false);
  expect(await keys.exists('no id')).toBe(false);
});

test('a user has at most 50 keys, however many are asked for at once', async () => {
  const { jane, john, keys } = await given();
  const asked = await Promise.allSettled(Array.from({ length: 53 }, () => keys.create(jane, 'key')));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(3);
  expect(refused[0]).toMatchObject({ reason: { kind: 'conflict', reason: 'too-many-api-keys' } });
  await expect(keys.create(john, 'key')).resolves.toBeDefined();
});
