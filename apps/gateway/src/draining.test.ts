import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newKey, publicKeys } from '@chandlery/auth';
import { freePort } from '@chandlery/testing/postgres';
import { expect, onTestFinished, test } from 'vitest';

const key = newKey('gateway');
const nobody = '127.0.0.1:1';
const environment = {
  HOST: '127.0.0.1',
  OPS_PORT: '0',
  LOG_LEVEL: 'info',
  DRAIN_DELAY_MS: '1000',
  USER_SERVICE_URL: nobody,
  ORDER_SERVICE_URL: nobody,
  PAYMENT_SERVICE_URL: nobody,
  NOTIFICATION_SERVICE_URL: nobody,
  USER_JWKS_URL: `http://${nobody}/`,
  SERVICE_PRIVATE_KEY: key,
  SERVICE_PUBLIC_KEYS: publicKeys(key),
  RATE_LIMIT_PER_SECOND: '100000',
  RATE_LIMIT_BURST: '100000',
};

/** A gateway as a process of its own, which serves. */
async function replica() {
  const port = await freePort();
  const env = { ...environment, HTTP_PORT: String(port) };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  await expect.poll(() => said, { timeout: 60_000 }).toContain('"message":"ready"');
  return { url: `http://127.0.0.1:${port}/openapi.json`, kill: () => child.kill('SIGTERM'), closed };
}

/** Asks the replicas in turn over connections that it keeps, ten requests at a time, and leaves a replica that ends a connection. */
function load(urls: string[]) {
  const agent = new Agent({ keepAlive: true });
  const leaving = new Set<string>();
  const answered = new Map(urls.map((url) => [url, 0]));
  const failures: unknown[] = [];
  let turn = 0;
  let over = false;
  async function request(url: string): Promise<void> {
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
    if (response.headers.connection === 'close') leaving.add(url);
    if (response.statusCode !== 200) failures.push(response.statusCode);
    await once(response.resume(), 'end');
    answered.set(url, (answered.get(url) ?? 0) + 1);
  }
  async function worker(): Promise<void> {
    while (!over) {
      const staying = urls.filter((url) => !leaving.has(url));
      await request(staying[turn++ % staying.length] ?? '').catch((error) => failures.push(error));
      await delay(10 * Math.random());
    }
  }
  const workers = Array.from({ length: 10 }, worker);
  const end = async () => {
    over = true;
    await Promise.all(workers);
    agent.destroy();
    return failures;
  };
  onTestFinished(async () => void (await end()));
  return { end, answered: (url: string) => answered.get(url) ?? 0 };
}

test('a gateway that is told to end loses no request of clients that keep their connections', async () => {
  const [old, other] = await Promise.all([replica(), replica()]);
  const { end, answered } = load([old.url, other.url]);
  await expect.poll(() => answered(old.url)).toBeGreaterThan(100);
  old.kill();
  expect(await old.closed).toEqual([0, null]);
  const soFar = answered(other.url);
  await expect.poll(() => answered(other.url)).toBeGreaterThan(soFar + 100);
  expect(await end()).toEqual([]);
}, 120_000);
