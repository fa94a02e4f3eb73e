import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@chandlery/testing/postgres';
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
  // after a crash: one call for the whole file system, where there is one, and not one for each of two thousand files
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
};

/** Starts the embedded PostgreSQL; the unit keeps it running on the same port. */
export async function embeddedPostgres(files: DataFiles, port: number, password: string): Promise<EmbeddedPostgres> {
  const logFile = join(files.logs, 'postgres.log');
  const since = prepareLog(logFile);
  const start = (): Promise<PostgresServer> =>
    startPostgres({ directory: files.postgres, password, port, logFile, settings });
  let first: PostgresServer | undefined = await start().catch((error) => {
    throw problem(error, files.postgres, lastLines(logFile, 20, since));
  });
  const { url } = first;
  async function child(): Promise<ChildProcess> {
    const server = first ?? (await start());
    first = undefined;
    return server.process;
  }
  return {
    url,
    unit: { name: 'postgres', start: child, ready: async () => true, stopSignal: 'SIGINT', foundation: true },
  };
}
