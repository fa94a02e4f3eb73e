import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keyValue } from './index.ts';

test('a store whose Redis was never there works, and nothing of it outlives its stop', async () => {
  const script = `
    import { logger } from '@chandlery/telemetry';
    import { keyValue } from '${new URL('index.ts', import.meta.url)}';
    const store = keyValue({ REDIS_URL: 'redis://127.0.0.1:1' }, logger('test', 'silent'));
    const claims = [await store.setIfAbsent('key', 'a', 60_000), await store.setIfAbsent('key', 'b', 60_000)];
    process.stdout.write(claims + ' ' + store.healthy());
    await store.stop();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output).toBe('true,false false');
});

test('without a URL the store is that of the process', async () => {
  const store = keyValue({}, logger('test', 'silent'));
  await store.set('key', 'value', 60_000);
  expect(await store.get('key')).toBe('value');
  expect(store.healthy()).toBe(true);
});

test('Redis is tried again and again while it refuses, which is logged once', async () => {
  let tries = 0;
  const server = createServer((socket) => {
    tries++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const logged: { message: string }[] = [];
  const log = logger('test', 'info', { write: (text) => void logged.push(JSON.parse(text)) });
  const store = keyValue({ REDIS_URL: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }, log);
  onTestFinished(async () => {
    await store.stop();
    server.close();
  });
  await vi.waitFor(() => expect(tries).toBeGreaterThan(3), { timeout: 10_000 });
  expect(logged.map(({ message }) => message)).toEqual(['redis is away']);
});
