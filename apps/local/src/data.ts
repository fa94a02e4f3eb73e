import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Lock, lock } from './lock.ts';
import { endOrphans } from './orphans.ts';
import { Problem } from './problem.ts';
import { readRunFile } from './run-file.ts';

/** What is kept in the data directory, and where. */
const names = {
  lock: 'lock',
  run: 'run.json',
  ports: 'ports.json',
  secrets: 'secrets.json',
  logs: 'logs',
  postgres: 'postgres',
  sandbox: 'sandbox',
} as const;

export type DataFiles = Readonly<Record<keyof typeof names, string>> & { directory: string };

const filesIn = (directory: string): DataFiles => ({
  directory,
  ...(Object.fromEntries(Object.entries(names).map(([key, name]) => [key, join(directory, name)])) as Record<
    keyof typeof names,
    string
  >),
});

function alreadyRuns({ run, directory }: DataFiles): Problem {
  const { processes } = readRunFile(run);
  const url = processes.find(({ name }) => name === 'gateway')?.http;
  const pid = processes.find(({ name }) => name === 'local')?.pid;
  const where = `${pid ? ` (process ${pid})` : ''}${url ? ` at ${url}` : ''}`;
  return new Problem(`it runs already in ${directory}${where}: use that, stop it with Ctrl-C, or choose --data DIR`);
}

export interface DataOptions {
  directory: string;
  /** Forget everything that was kept there; only what we have put there is deleted. */
  fresh: boolean;
  scriptOf: (service: string) => string;
  say: (line: string) => void;
}

/** Takes the data directory for this process alone, cleared of what a killed launcher left running. */
export async function openData({
  directory,
  fresh,
  scriptOf,
  say,
}: DataOptions): Promise<{ files: DataFiles; held: Lock }> {
  const files = filesIn(resolve(directory));
  mkdirSync(files.directory, { recursive: true });
  const held = lock(files.lock);
  if (!held) throw alreadyRuns(files);
  try {
    const ended = await endOrphans(files, scriptOf);
    if (ended.length > 0) say(`ended what a killed launcher had left running: ${ended.join(', ')}`);
    rmSync(files.run, { force: true });
    if (fresh) {
      const { directory: _, lock: __, ...kept } = files;
      for (const file of Object.values(kept)) rmSync(file, { recursive: true, force: true });
    }
    mkdirSync(files.logs, { recursive: true });
    return { files, held };
  } catch (error) {
    held.release();
    throw error;
  }
}
