/** The migration of a service's database as a program: a Job before a deployment, a one-shot container on Compose. */
import { glob, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { config, LogLevel, Type } from '@chandlery/config';
import { backoffMs } from '@chandlery/resilience';
import { type Logger, logger } from '@chandlery/telemetry';
import pg from 'pg';
import { postgresAway } from './away.ts';
import { type Migrations, migrate } from './migrations.ts';

/** Every setting of a migration; a command line has room for `--seeds` besides. */
export const Config = Type.Object({
  DATABASE_URL: Type.String(),
  LOG_LEVEL: LogLevel(),
});

/** A server that starts at the same time has so long to come up. */
const PATIENCE_MS = 60_000;
const again = { baseMs: 500, maxMs: 5_000 };

async function patiently<T>(work: () => Promise<T>, log: Logger): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const waitMs = backoffMs(again, failures);
      if (!postgresAway(error) || process.uptime() * 1_000 + waitMs > PATIENCE_MS) throw error;
      if (failures === 0) log.warn({ err: error }, 'the database is away, waiting for it');
      await delay(waitMs);
    }
  }
}

/** Runs the SQL files of a directory, in the order of their names; none where there is no such directory. */
async function sow(url: string, directory: URL): Promise<string[]> {
  const files = (await Array.fromAsync(glob('*.sql', { cwd: directory }))).sort();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    for (const file of files) await client.query(await readFile(new URL(file, directory), 'utf8'));
  } finally {
    await client.end();
  }
  return files;
}

/**
 * Brings the database of DATABASE_URL up to date, with `--seeds` also its first rows, from files that may run again and again. The process
 * ends with 0, or with 1 when something went wrong or the database stayed away for a minute.
 */
export async function migration(service: string, migrations: Migrations, seeds: URL): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: 'boolean', default: false } } });
  const { DATABASE_URL: url, LOG_LEVEL: level } = config(Config);
  const log = logger(service, level);
  try {
    const applied = await patiently(() => migrate(url, migrations), log);
    const sown = values.seeds ? await sow(url, seeds) : [];
    log.info({ action: 'migrate', applied, seeds: sown }, 'the database is up to date');
  } catch (error) {
    log.fatal({ err: error, action: 'migrate' }, 'the database is not up to date');
    process.exitCode = 1;
  }
}
