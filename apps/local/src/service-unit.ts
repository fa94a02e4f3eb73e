import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { get } from 'node:http';
import type { Unit } from './supervise.ts';

/** Whether `url` answers 200. */
export const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(url, { timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false));
  });

export interface ServiceProcess {
  name: string;
  script: string;
  env: Record<string, string>;
  readyUrl: string;
  logFile: string;
}

/** A service as a process of this Node, in a group of its own: Ctrl-C at the terminal reaches the launcher alone, which stops it in turn. */
export function serviceUnit({ name, script, env, readyUrl, logFile }: ServiceProcess): Unit {
  return {
    name,
    ready: () => answers(readyUrl),
    start() {
      const log = openSync(logFile, 'a');
      const child = spawn(process.execPath, [script], { env, detached: true, stdio: ['ignore', log, log] });
      closeSync(log);
      return child;
    },
  };
}
