/** Real servers for tests. */
import { randomBytes } from 'node:crypto';
import { type Migrations, migrate } from '@chandlery/database';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** URL of a fresh, migrated database, dropped when the test has finished. */
export async function testDatabase(migrations: Migrations = []): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`create database ${name}`);
  onTestFinished(() => administer(`drop database ${name} with (force)`));
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  if (migrations.length > 0) await migrate(url.href, migrations);
  return url.href;
}
