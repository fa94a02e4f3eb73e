/** Real servers for tests. */
import { createHash, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Migrations, migrate } from '@chandlery/database';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

export { proxyTo, type TcpProxy } from './proxy.ts';

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const quoted = (name: string) => `"${name}"`;

/** A database with these migrations, made once for the whole run and copied for each test. */
async function template(migrations: Migrations): Promise<string> {
  const files = migrations.flatMap((directory) => globSync(`${fileURLToPath(directory)}*.sql`)).sort();
  const contents = files.map((file) => readFileSync(file, 'utf8'));
  const name = `template_${createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16)}`;
  await locked(name, async (query) => {
    const { rowCount } = await query(`select from pg_database where datname = '${name}' and datistemplate`);
    if (rowCount) return;
    await query(`drop database if exists ${quoted(name)}`);
    await query(`create database ${quoted(name)}`);
    await migrate(urlOf(name), migrations);
    await query(`alter database ${quoted(name)} is_template true`);
  });
  return name;
}

function urlOf(name: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  return url.href;
}

/** One test file at a time makes a template. */
async function locked(name: string, work: (query: pg.Client['query']) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    await work(client.query.bind(client) as pg.Client['query']);
  } finally {
    await client.end();
  }
}

/** `host:port` of the run's Kafka. Where there is none its tests are to be skipped; CI has one. */
export const testKafka = () => inject('kafkaBroker') ?? absent('Kafka', 'KAFKA_BROKERS');

/** URL of the run's Redis; otherwise as `testKafka`. */
export const testRedis = () => inject('redisUrl') ?? absent('Redis', 'REDIS_URL');

function absent(server: string, variable: string): undefined {
  if (process.env.CI === 'true')
    throw new Error(`no ${server} for the tests: set ${variable}, or TEST_INFRA=containers`);
}

/**
 * URL of a fresh, migrated database, dropped when the test has finished. PostgreSQL would break a circle of waits after a second, and the victim's
 * repeat would hide it; here it lasts for a minute, longer than any statement may take.
 */
export async function testDatabase(migrations: Migrations = []): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const from = migrations.length > 0 ? ` template ${quoted(await template(migrations))}` : '';
  await administer(`create database ${name}${from}`);
  onTestFinished(() => administer(`drop database ${name} with (force)`));
  const url = new URL(urlOf(name));
  url.searchParams.set('options', '-c deadlock_timeout=1min');
  return url.href;
}
