import { type Database, database } from '@chandlery/database';
import { testDatabase } from '@chandlery/testing';
import { type Kysely, sql } from 'kysely';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../migrations.ts';
import type { Tables } from './tables.ts';
import { userStore } from './users.ts';

const jane = { email: ' Jane@Example.com ', name: ' Jane ', passwordHash: 'hash' };
const taken = { kind: 'conflict', reason: 'email-taken', cause: undefined };

async function given() {
  const db = database<Tables>(await testDatabase(migrations));
  onTestFinished(() => db.destroy());
  return { db, users: userStore(db), events: () => outbox(db) };
}

/** What is about to be told, oldest first. */
async function outbox(db: Database<Tables>) {
  const query = sql<{ type: string; key: string; data: object }>`select type, key, data from outbox order by position`;
  return (await query.execute(db as Kysely<unknown>)).rows;
}

test('an account is registered and told to the world', async () => {
  const { users, events } = await given();
  const user = await users.register(jane);
  expect(user).toEqual({
    id: expect.any(String),
    email: 'Jane@Example.com',
    name: 'Jane',
    createdAt: expect.any(Date),
  });
  expect(await users.find(user.id)).toEqual(user);
  const data = { userId: user.id, email: 'Jane@Example.com', name: 'Jane' };
  expect(await events()).toEqual([{ type: 'user.registered.v1', key: user.id, data }]);
});

test('an address has one account, however it is written and whoever is first, and the loser is not told of', async () => {
  const { users, events } = await given();
  const spellings = ['jane@example.com', 'JANE@example.com', ' jane@EXAMPLE.com'];
  const attempts = await Promise.allSettled(spellings.map((email) => users.register({ ...jane, email })));
  const refused = attempts.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(2);
  for (const { reason } of refused as PromiseRejectedResult[]) expect(reason).toMatchObject(taken);
  expect(await events()).toHaveLength(1);
});

test('credentials are found by any spelling of the address', async () => {
  const { users } = await given();
  const { id } = await users.register(jane);
  expect(await users.credentials('JANE@example.com')).toEqual({ id, passwordHash: 'hash' });
  expect(await users.credentials('john@example.com')).toBeUndefined();
});

test('a change is told once, a repetition is none', async () => {
  const { users, events } = await given();
  const { id, createdAt } = await users.register(jane);
  const changed = { id, email: 'jane@example.com', name: 'Jane Doe', createdAt };
  expect(await users.update(id, { name: 'Jane Doe', email: 'jane@example.com' })).toEqual(changed);
  expect(await users.update(id, { name: ' Jane Doe' })).toEqual(changed);
  expect(await users.update(id, {})).toEqual(changed);
  expect(await users.find(id)).toEqual(changed);
  const data = { userId: id, email: 'jane@example.com', name: 'Jane Doe' };
  expect((await events()).slice(1)).toEqual([{ type: 'user.updated.v1', key: id, data }]);
});

test("nobody can move to another's address", async () => {
  const { users, events } = await given();
  await users.register(jane);
  const john = await users.register({ ...jane, email: 'john@example.com' });
  await expect(users.update(john.id, { email: 'JANE@example.com', name: 'J' })).rejects.toMatchObject(taken);
  expect(await users.find(john.id)).toEqual(john);
  expect(await events()).toHaveLength(2);
});

test('who has no account cannot change it', async () => {
  const { users, events } = await given();
  expect(await users.update(v7(), { name: 'Nobody' })).toBeUndefined();
  expect(await events()).toEqual([]);
});
