import { logger } from '@chandlery/telemetry';
import { testDatabase } from '@chandlery/testing';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { database, listener } from './index.ts';

async function given() {
  const url = await testDatabase();
  const db = database<Record<never, never>>(url);
  onTestFinished(() => db.destroy());
  const heard = { times: 0 };
  const part = listener({ url, channel: 'mails', log: logger('test', 'silent'), heard: () => heard.times++ });
  part.start();
  onTestFinished(part.stop);
  await expect.poll(() => heard.times, { timeout: 10_000 }).toBe(1);
  return { db, heard };
}

test('a notification is heard', async () => {
  const { db, heard } = await given();
  await sql`select pg_notify('others', '')`.execute(db);
  await sql`select pg_notify('mails', '')`.execute(db);
  await expect.poll(() => heard.times, { timeout: 10_000 }).toBe(2);
});

test('a listener whose connection broke looks once, and listens again', async () => {
  const { db, heard } = await given();
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    db,
  );
  await expect.poll(() => heard.times, { timeout: 10_000 }).toBe(2);
  await sql`select pg_notify('mails', '')`.execute(db);
  await expect.poll(() => heard.times, { timeout: 10_000 }).toBe(3);
});
