import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { logger, registry } from '@chandlery/telemetry';
import { describe, expect, test } from 'vitest';
import { keyValue } from './index.ts';
import { storeBehindProxy } from './outage-for-tests.ts';
import { redisForTests } from './redis-for-tests.ts';

const url = await redisForTests();
const given = () => storeBehindProxy(url!);

async function metric(name: string, operation?: string): Promise<number | undefined> {
  const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels.operation === operation)?.value;
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe.skipIf(!url)('an outage of Redis', () => {
  test('costs a call nothing', async () => {
    const { store, key, away } = await given();
    await away();
    const calls = () => Promise.all(Array.from({ length: 100 }, () => store.get(key)));
    expect(await elapsedMs(calls)).toBeLessThan(150);
  });

  test('costs a call its timeout where Redis hangs, and nothing once that has been noticed', async () => {
    const { store, key, line, becomes } = await given();
    await store.set(key, 'value', 60_000);
    line.swallow(true);
    expect(await elapsedMs(() => store.get(key))).toSatisfy((ms: number) => ms > 150 && ms < 600);
    await becomes(false);
    expect(await elapsedMs(() => store.get(key))).toBeLessThan(150);
    line.swallow(false);
    await becomes(true);
    expect(await store.get(key)).toBe('value');
  });

  test('ends what was under way at once, and nothing of that is done later', async () => {
    const { store, direct, key, line, back } = await given();
    line.swallow(true);
    const claim = store.setIfAbsent(key, 'mine', 60_000);
    await new Promise(setImmediate);
    const waited = elapsedMs(() => claim);
    line.cut();
    expect(await waited).toBeLessThan(150);
    expect(await claim).toBe(true);
    line.swallow(false);
    await back();
    await store.take(key, { perSecond: 1, burst: 1 });
    expect(await direct.get(key)).toBeUndefined();
  });

  test('is logged when it begins and when it ends, and every call meanwhile is counted', async () => {
    const { store, key, logged, away, back } = await given();
    const before = (await metric('keyvalue_fallbacks_total', 'set')) ?? 0;
    await away();
    expect(await metric('keyvalue_available')).toBe(0);
    for (let call = 0; call < 10; call++) await store.set(key, 'value', 60_000);
    await back();
    expect(await metric('keyvalue_available')).toBe(1);
    expect(await metric('keyvalue_fallbacks_total', 'set')).toBe(before + 10);
    expect(logged.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info redis is available',
      'warn redis is away',
      'info redis is available',
    ]);
  });

  test('is told apart from a command that fails, which is logged once without what was in it', async () => {
    const { store, direct, key, logged } = await given();
    await direct.take(key, { perSecond: 0.01, burst: 1 });
    const bucket = `bucket:${key}`;
    expect(await store.get(bucket)).toBeUndefined();
    expect(await store.get(bucket)).toBeUndefined();
    expect(await store.replace(bucket, 'a secret', 'a secret', 60_000)).toBe(false);
    expect(logged.slice(1)).toMatchObject([
      { message: 'redis fails a command', operation: 'get', reason: expect.stringContaining('WRONGTYPE') },
      { message: 'redis fails a command', operation: 'replace' },
    ]);
    expect(logged).toHaveLength(3);
    expect(JSON.stringify(logged)).not.toMatch(/secret|test:/);
  });
});

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
