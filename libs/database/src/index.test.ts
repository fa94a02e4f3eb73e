import { setDefence } from '@chandlery/resilience';
import { testDatabase } from '@chandlery/testing';
import { freePort } from '@chandlery/testing/postgres';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { database, migrate, migrated, transaction } from './index.ts';

interface Tables {
  accounts: { id: string; cents: number };
}

const migrations = [new URL('./fixtures/', import.meta.url)];

async function given(url: string) {
  const db = database<Tables>(url);
  onTestFinished(() => db.destroy());
  return db;
}

test('migrations are applied once, even by several at the same time', async () => {
  const url = await testDatabase();
  const applied = await Promise.all([migrate(url, migrations), migrate(url, migrations), migrate(url, migrations)]);
  expect(applied.flat()).toEqual(['001-accounts']);
});

test('a database is not migrated before its migrations are applied', async () => {
  const url = await testDatabase();
  const db = await given(url);
  expect(await migrated(db, migrations)).toBe(false);
  await migrate(url, migrations);
  expect(await migrated(db, migrations)).toBe(true);
});

test('a version that is older than its database has nothing to migrate, and is content', async () => {
  const url = await testDatabase(migrations);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("insert into kysely_migration values ('000-before', now()), ('002-newer', now())");
  await client.end();
  expect(await migrate(url, migrations)).toEqual([]);
  expect(await migrated(await given(url), migrations)).toBe(true);
});

test('transactions that get in each other’s way are tried again', async () => {
  const db = await given(await testDatabase(migrations));
  await db.insertInto('accounts').values({ id: 'a', cents: 0 }).execute();
  const addOne = () =>
    transaction(db, async (tx) => {
      await sql`set transaction isolation level serializable`.execute(tx);
      const { cents } = await tx.selectFrom('accounts').select('cents').executeTakeFirstOrThrow();
      await tx
        .updateTable('accounts')
        .set({ cents: cents + 1 })
        .execute();
    });
  await Promise.all([addOne(), addOne(), addOne()]);
  expect(await db.selectFrom('accounts').select('cents').executeTakeFirst()).toEqual({ cents: 3 });
});

test('big integers come back as numbers', async () => {
  const db = await given(await testDatabase(migrations));
  await db.insertInto('accounts').values({ id: 'a', cents: 9_007_199_254_740_991 }).execute();
  expect(await db.selectFrom('accounts').select('cents').executeTakeFirst()).toEqual({ cents: 9_007_199_254_740_991 });
});

test('with the connection pool switched off each query has a connection of its own', async () => {
  const db = await given(await testDatabase(migrations));
  const backend = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid;
  expect(await backend()).toBe(await backend());
  setDefence('connection-pool', false);
  onTestFinished(() => setDefence('connection-pool', true));
  const pids = [await backend(), await backend(), await backend(), await backend()];
  expect(new Set(pids).size).toBeGreaterThan(2);
});

test('a database that is away is a failure that may be repeated', async () => {
  const port = await freePort();
  const db = await given(`postgres://nobody@127.0.0.1:${port}/nothing`);
  const query = db.selectFrom('accounts').selectAll().execute();
  await expect(query).rejects.toMatchObject({ kind: 'unavailable', reason: 'database-away' });
});

test('a connection that is cut in a transaction fails it, and nothing else', async () => {
  const db = await given(await testDatabase(migrations));
  const cut = transaction(db, async (tx) => {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
  });
  await expect(cut).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await db.selectFrom('accounts').selectAll().execute()).toEqual([]);
});
