import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { type DatabasePlan, loginUrl, prepareDatabases } from './databases.ts';
import { scratch } from './fixtures/scratch.ts';

const adminUrl = inject('postgresUrl');

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows;
}

function sql(text: string): URL {
  const directory = join(scratch(onTestFinished), 'sql/');
  mkdirSync(directory);
  writeFileSync(join(directory, '001-test.sql'), text);
  return pathToFileURL(directory);
}

function plan(changes: Partial<DatabasePlan> = {}): DatabasePlan {
  const name = `local_${randomBytes(6).toString('hex')}`;
  onTestFinished(() => query(adminUrl, `drop role if exists ${name}`).then(() => undefined));
  onTestFinished(() => query(adminUrl, `drop database if exists ${name} with (force)`).then(() => undefined));
  return { name, password: 'secret', migrations: [], seeds: [], ...changes };
}

test('makes, migrates and seeds a database; the second time there is nothing to do', async () => {
  const goods = plan({
    migrations: [sql('create table goods (sku text primary key)')],
    seeds: [sql(`insert into goods values ('rope') on conflict do nothing`)],
  });
  expect(await prepareDatabases(adminUrl, [goods])).toEqual([goods.name]);
  expect(await query(loginUrl(adminUrl, goods), 'select sku from goods')).toEqual([{ sku: 'rope' }]);
  expect(await prepareDatabases(adminUrl, [goods])).toEqual([]);
});

test('no login can open the database of another', async () => {
  const [mine, theirs] = [plan(), plan()];
  await prepareDatabases(adminUrl, [mine, theirs]);
  expect(await query(loginUrl(adminUrl, mine), 'select current_user as me')).toEqual([{ me: mine.name }]);
  const intruder = new URL(loginUrl(adminUrl, mine));
  intruder.pathname = theirs.name;
  await expect(query(intruder.href, 'select 1')).rejects.toThrow(/permission denied for database/);
});

test('a login whose secret was lost gets the new one', async () => {
  const before = plan();
  await prepareDatabases(adminUrl, [before]);
  const after = { ...before, password: 'new secret' };
  expect(await prepareDatabases(adminUrl, [after])).toEqual([before.name]);
  await query(loginUrl(adminUrl, after), 'select 1');
});

test('new migrations are applied', async () => {
  const before = plan({ migrations: [sql('create table goods (sku text)')] });
  await prepareDatabases(adminUrl, [before]);
  const directory = before.migrations[0]!;
  writeFileSync(new URL('002-price.sql', directory), 'alter table goods add price bigint');
  expect(await prepareDatabases(adminUrl, [before])).toEqual([before.name]);
  await query(loginUrl(adminUrl, before), 'select price from goods');
});

test('a migration that fails is a problem which names the database', async () => {
  const broken = plan({ migrations: [sql('create nonsense')] });
  await expect(prepareDatabases(adminUrl, [broken])).rejects.toThrow(
    new RegExp(`database ${broken.name}.*syntax error`),
  );
});
