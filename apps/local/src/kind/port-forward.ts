import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Problem } from '../problem.ts';
import type { Place } from './kubectl.ts';

export interface Forward extends AsyncDisposable {
  /** Port of 127.0.0.1 that leads there. */
  port: number;
}

/** A local port that leads to a port of `to` (such as `service/order`), until it is disposed of. */
export async function portForward({ context, namespace }: Place, to: string, port: number | string): Promise<Forward> {
  const args = ['--context', context, '--namespace', namespace, 'port-forward', to, `:${port}`];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += chunk));
  const local = new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const [, found] = line.match(/127\.0\.0\.1:(\d+) ->/) ?? [];
      if (found) resolve(Number(found));
    });
    child.on('error', reject);
    void ended.then(() => reject(new Problem(`no way to ${to} in ${namespace}: ${complaint.trim()}`)));
  });
  return {
    port: await local,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
