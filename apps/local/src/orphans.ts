import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFiles } from './data.ts';
import { readRunFile } from './run-file.ts';

/** The command line of a process; empty when it has ended. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

function postmaster(directory: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** Ends a process, politely for three seconds. */
async function end(pid: number, polite: NodeJS.Signals, isOurs: () => boolean): Promise<void> {
  process.kill(pid, polite);
  for (const deadline = Date.now() + 3_000; isOurs(); await delay(20)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
  }
}

/**
 * Ends what a launcher that was killed has left running in this data directory, and returns the names. A process counts as left behind when
 * its command line is the one we would have given it: its id alone may belong to anyone by now.
 */
export async function endOrphans(files: DataFiles, scriptOf: (name: string) => string): Promise<string[]> {
  const found = readRunFile(files.run).processes.map(({ name, pid }) => ({ name, pid, mark: scriptOf(name) }));
  const database = postmaster(files.postgres);
  const orphans = [
    ...found.filter(({ name }) => name !== 'local' && name !== 'postgres'),
    ...(database ? [{ name: 'postgres', pid: database, mark: files.postgres }] : []),
  ].map((orphan) => ({ ...orphan, isOurs: () => commandLine(orphan.pid).includes(orphan.mark) }));
  const running = orphans.filter(({ isOurs }) => isOurs());
  await Promise.all(
    running.map(({ name, pid, isOurs }) => end(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM', isOurs)),
  );
  return running.map(({ name }) => name);
}
