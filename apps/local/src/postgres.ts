import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchPostgres, type PostgresServer } from '@chandlery/testing/postgres';
import type { DataFiles } from './data.ts';
import { lastLines, prepareLog } from './logs.ts';
import { damaged, explained, Problem } from './problem.ts';
import type { Unit } from './supervise.ts';

export interface EmbeddedPostgres {
  /** The superuser's URL. */
  url: string;
  unit: Unit;
}

function problem(error: unknown, directory: string, log: readonly string[]): unknown {
  const known = explained(new Error(`${(error as Error).message} ${log.join(' ')}`));
  if (known instanceof Problem) return known;
  const said = log.findLast((line) => /(FATAL|PANIC):/.test(line)) ?? log.at(-1) ?? (error as Error).message;
  return damaged(`PostgreSQL can't use ${directory} (${said.replace(/^.*?(FATAL|PANIC):\s*/, '')})`, error);
}

const settings = {
  max_connections: 200,
  // an error's details quote rows, which can hold a person's data
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  // after a crash: one call for the whole file system, where there is one, and not one for each of two thousand files
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
};

async function accepting(server: PostgresServer): Promise<PostgresServer> {
  while (!(await server.accepts())) {
    const { exitCode, signalCode } = server.process;
    if (exitCode !== null || signalCode !== null) throw new Error(`it ended: ${signalCode ?? `exit ${exitCode}`}`);
    await delay(20);
  }
  return server;
}

/** Starts the embedded PostgreSQL, and returns when it accepts connections; the unit keeps it running on the same port. */
export async function embeddedPostgres(files: DataFiles, port: number, password: string): Promise<EmbeddedPostgres> {
  const logFile = join(files.logs, 'postgres.log');
  const since = prepareLog(logFile);
  const launch = () => launchPostgres({ directory: files.postgres, password, port, logFile, settings });
  let server = await launch()
    .then(accepting)
    .catch((error) => {
      throw problem(error, files.postgres, lastLines(logFile, 20, since));
    });
  let started = false;
  async function start() {
    if (started) server = await launch();
    started = true;
    return server.process;
  }
  return {
    url: server.url,
    unit: { name: 'postgres', start, ready: () => server.accepts(), stopSignal: 'SIGINT', foundation: true },
  };
}
