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

/** A plan, and an auditor of its own. */
function audited(changes: Partial<DatabasePlan> = {}) {
  const auditor = { name: `auditor_${randomBytes(6).toString('hex')}`, password: 'secret' };
  onTestFinished(() => query(adminUrl, `drop role if exists ${auditor.name}`).then(() => undefined));
  const all = plan({ migrations: [sql('create table goods (sku text primary key)')], auditor, ...changes });
  const url = new URL(loginUrl(adminUrl, auditor));
  url.pathname = all.name;
  return { plan: all, auditor, url: url.href };
}

test('an auditor reads what migrations have made, and what later ones or the owner make', async () => {
  const { plan: shop, url } = audited();
  await prepareDatabases(adminUrl, [shop]);
  expect(await query(url, 'select * from goods')).toEqual([]);
  writeFileSync(new URL('002-crew.sql', shop.migrations[0]), 'create table crew (name text)');
  await prepareDatabases(adminUrl, [shop]);
  await query(loginUrl(adminUrl, shop), 'create schema late create table late.things (id int)');
  expect(await query(url, 'select * from crew, late.things')).toEqual([]);
});

test.each([
  `insert into goods values ('rope')`,
  'update goods set sku = sku',
  'delete from goods',
  'truncate goods',
  'select * from goods for update',
  'drop table goods',
  'create table mine (id int)',
  'create schema mine',
  'create temporary table mine (id int)',
])('an auditor can’t %s', async (statement) => {
  const { plan: shop, url } = audited();
  await prepareDatabases(adminUrl, [shop]);
  await expect(query(url, statement)).rejects.toThrow(/permission denied|must be owner/);
});

test('an auditor opens the databases that have one, and no other; services’ logins no more than before', async () => {
  const { plan: shop, url, auditor } = audited();
  const [mine, secluded] = [{ ...plan(), auditor }, plan()];
  await prepareDatabases(adminUrl, [shop, mine, secluded]);
  const refused = async (login: string, database: string) => {
    const intruder = new URL(login);
    intruder.pathname = database;
    await expect(query(intruder.href, 'select 1')).rejects.toThrow(/permission denied for database/);
  };
  await refused(url, secluded.name);
  await refused(loginUrl(adminUrl, mine), shop.name);
});

test('a database that was there gets its auditor', async () => {
  const { plan: after, url } = audited();
  const { auditor: _, ...before } = after;
  await prepareDatabases(adminUrl, [before]);
  expect(await prepareDatabases(adminUrl, [after])).toEqual([before.name]);
  expect(await query(url, 'select * from goods')).toEqual([]);
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
