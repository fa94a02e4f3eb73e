import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testDatabase } from '@chandlery/testing';
import { freePort } from '@chandlery/testing/postgres';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, 'fixtures', 'migrate.ts');

/** Runs a migration as a process of its own. */
function migration(env: Record<string, string>, ...flags: string[]) {
  const child = spawn(process.execPath, [program, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  return { lines, ended: once(child, 'close') };
}

async function accounts(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('select id from accounts').finally(() => client.end());
  return rows;
}

test('applies what is missing and says so in one line; again, it changes nothing', async () => {
  const url = await testDatabase();
  for (const applied of [['001-accounts'], []]) {
    const { lines, ended } = migration({ DATABASE_URL: url }, '--seeds');
    expect(await ended).toEqual([0, null]);
    expect(lines).toMatchObject([{ service: 'fixture', action: 'migrate', applied, seeds: ['accounts.sql'] }]);
    expect(await accounts(url)).toEqual([{ id: 'cash' }]);
  }
});

test('without --seeds the tables are empty', async () => {
  const url = await testDatabase();
  expect(await migration({ DATABASE_URL: url }).ended).toEqual([0, null]);
  expect(await accounts(url)).toEqual([]);
});

test('waits for a database that is not there yet', async () => {
  const url = new URL(await testDatabase());
  const late = await freePort();
  const { lines, ended } = migration({ DATABASE_URL: url.href.replace(`:${url.port}`, `:${late}`) });
  await expect.poll(() => lines).toMatchObject([{ level: 'warn', err: { code: 'ECONNREFUSED' } }]);
  const server = createServer((near) => near.pipe(connect(Number(url.port), url.hostname)).pipe(near)).listen(late);
  onTestFinished(() => void server.close());
  expect(await ended).toEqual([0, null]);
});

test('a database that refuses ends it at once', async () => {
  const url = new URL(await testDatabase());
  url.pathname = 'nowhere';
  const { lines, ended } = migration({ DATABASE_URL: url.href });
  expect(await ended).toEqual([1, null]);
  expect(lines).toMatchObject([{ level: 'fatal', err: { code: '3D000' } }]);
});

test.each([
  ['a missing setting', {}, '--seeds'],
  ['an unknown flag', { DATABASE_URL: 'postgres://127.0.0.1/any' }, '--sedes'],
])('%s is an error', async (_, env, flag) => {
  expect(await migration(env, flag).ended).toEqual([1, null]);
});
