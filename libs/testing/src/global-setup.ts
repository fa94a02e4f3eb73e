import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run: that of `POSTGRES_URL`, or the embedded one with its durability switched off. */
export async function setup(project: TestProject) {
  if (process.env.POSTGRES_URL) {
    project.provide('postgresUrl', process.env.POSTGRES_URL);
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'chandlery-test-'));
  chmodSync(directory, 0o755);
  const server = await startPostgres({
    directory: join(directory, 'postgres'),
    password: 'test',
    logFile: join(directory, 'postgres.log'),
    settings: { fsync: 'off', max_connections: 300 },
  });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  };
}
