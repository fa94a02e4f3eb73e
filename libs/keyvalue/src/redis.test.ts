import { randomUUID } from 'node:crypto';
import { logger } from '@chandlery/telemetry';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { conformance } from './conformance.ts';
import type { KeyValue } from './port.ts';
import { redisKeyValue } from './redis.ts';
import { redisForTests } from './redis-for-tests.ts';

const url = await redisForTests();

describe.skipIf(!url)('the Redis adapter', () => {
  let stores: [KeyValue, KeyValue, KeyValue];
  let observer: Redis;

  beforeAll(() => {
    const open = () => redisKeyValue({ url: url!, log: logger('test', 'silent') });
    stores = [open(), open(), open()];
    observer = new Redis(url!);
  });

  afterAll(async () => {
    await Promise.all([...stores.map((store) => store.stop()), observer.quit()]);
  });

  async function redisTime(): Promise<number> {
    const [seconds, micros] = await observer.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  }

  async function pass(ms: number): Promise<void> {
    const end = (await redisTime()) + ms;
    await vi.waitFor(async () => expect(await redisTime()).toBeGreaterThan(end), { interval: 5, timeout: 10_000 });
  }

  conformance(() => ({ stores, pass }));

  test('leaves no bucket behind that is full again', async () => {
    const key = `test:${randomUUID()}`;
    const { resetMs } = await stores[0].take(key, { perSecond: 20, burst: 2 });
    expect(await observer.exists(`bucket:${key}`)).toBe(1);
    await pass(resetMs);
    expect(await observer.exists(`bucket:${key}`)).toBe(0);
  });
});
