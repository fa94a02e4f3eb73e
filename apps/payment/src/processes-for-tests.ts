import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@chandlery/testing/postgres';
import { afterAll, vi } from 'vitest';

const main = (app: string) => fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));

/** Runs an app as a process of its own, and returns when it is ready. */
export async function start(app: string, env: Record<string, string>): Promise<ChildProcess> {
  const ops = await freePort();
  const { PATH } = process.env;
  const common = { PATH, HOST: '127.0.0.1', OPS_PORT: String(ops), DRAIN_DELAY_MS: '0', LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [main(app)], { env: { ...common, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ready = () =>
    fetch(`http://127.0.0.1:${ops}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await vi.waitUntil(async () => child.exitCode !== null || (await ready()), { timeout: 50_000, interval: 25 });
    if (child.exitCode === null) return child;
    throw new Error(`it ended with ${child.exitCode}`);
  } catch (cause) {
    await end(child, 'SIGKILL');
    throw new Error(`${app} did not start: ${said}`, { cause });
  }
}

/** Its exit code; null where a signal ended it. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = await once(child, 'exit');
  return code;
}

interface LedgerItem {
  orderId: string;
  amount: number;
  currency: string;
  status: string;
  amountRefunded: number;
}

/** A provider for the tests of one file: the sandbox, with a ledger to look into and faults to be had. */
export async function sandbox(env: Record<string, string> = {}) {
  const [http, smtp, directory] = [
    await freePort(),
    await freePort(),
    await mkdtemp(join(tmpdir(), 'chandlery-sandbox-')),
  ];
  const ports = { HTTP_PORT: String(http), SMTP_PORT: String(smtp), DATA_DIR: directory };
  const child = await start('sandbox', { ...ports, ...env });
  afterAll(async () => {
    await end(child, 'SIGKILL');
    await rm(directory, { recursive: true });
  });
  const url = `http://127.0.0.1:${http}`;
  return {
    url,
    /** What the provider holds of an order. */
    async charges(orderId: string): Promise<LedgerItem[]> {
      const answer = await fetch(`${url}/sandbox/charges?orderId=${orderId}`);
      return ((await answer.json()) as { items: LedgerItem[] }).items;
    },
    async ail(fault: { latencyMs?: number; errorRate?: number; hangRate?: number; dropAnswerRate?: number }) {
      const body = JSON.stringify({ target: 'payments', ...fault });
      const { status } = await fetch(`${url}/sandbox/faults`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      if (status !== 201) throw new Error(`the sandbox does not take the fault: ${status}`);
    },
    heal: () => fetch(`${url}/sandbox/faults`, { method: 'DELETE' }),
  };
}
