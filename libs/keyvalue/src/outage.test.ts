import { registry } from '@chandlery/telemetry';
import { testRedis } from '@chandlery/testing';
import { describe, expect, test } from 'vitest';
import { storeBehindProxy } from './outage-for-tests.ts';

const url = testRedis();
const timeoutMs = 200;
const given = () => storeBehindProxy(url!);

async function metric(name: string, operation?: string): Promise<number | undefined> {
  const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels.operation === operation)?.value;
}

/** How long it takes to do `work` that many times, one after the other. */
async function elapsedMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < times; done++) await work();
  return performance.now() - start;
}

describe.skipIf(!url)('an outage of Redis', () => {
  test('costs a call next to nothing', async () => {
    const { store, key, away } = await given();
    await away();
    expect(await elapsedMs(50, () => store.get(key))).toBeLessThan((50 * timeoutMs) / 2);
  });

  test('costs a call its timeout where Redis hangs, and next to nothing once that has been noticed', async () => {
    const { store, key, line, becomes } = await given();
    await store.set(key, 'value', 60_000);
    line.swallow(true);
    expect(await elapsedMs(1, () => store.get(key))).toSatisfy(
      (ms: number) => ms > timeoutMs - 20 && ms < 4 * timeoutMs,
    );
    await becomes(false);
    expect(await elapsedMs(50, () => store.get(key))).toBeLessThan((50 * timeoutMs) / 2);
    line.swallow(false);
    await becomes(true);
    expect(await store.get(key)).toBe('value');
  });

  test('ends what was under way at once, and nothing of that is done later', async () => {
    const { store, direct, key, line, back } = await given();
    line.swallow(true);
    const claim = store.setIfAbsent(key, 'mine', 60_000);
    await new Promise(setImmediate);
    const waited = elapsedMs(1, () => claim);
    line.cut();
    expect(await waited).toBeLessThan(timeoutMs - 20);
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
    expect(logged).toMatchObject([
      { message: 'redis fails a command', operation: 'get', reason: expect.stringContaining('WRONGTYPE') },
      { message: 'redis fails a command', operation: 'replace' },
    ]);
    expect(logged).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toMatch(/secret|test:/);
  });
});
