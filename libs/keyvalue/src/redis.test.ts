import { randomUUID } from 'node:crypto';
import { logger } from '@chandlery/telemetry';
import { testRedis } from '@chandlery/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { atOnce } from './conformance/subject.ts';
import { conformance } from './conformance.ts';
import type { KeyValue } from './port.ts';
import { redisKeyValue } from './redis.ts';

const url = testRedis();

describe.skipIf(!url)('the Redis adapter', () => {
  let stores: [KeyValue, KeyValue, KeyValue];
  let observer: Redis;

  beforeAll(() => {
    const open = () => redisKeyValue({ url: url!, log: logger('test', 'silent'), commandTimeoutMs: 5_000 });
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

  test('lets through no more than a bucket gains, by the clock of Redis, however many clients press', async () => {
    const limit = { perSecond: 500, burst: 5 };
    const key = `test:${randomUUID()}`;
    const start = await redisTime();
    let through = 0;
    while ((await redisTime()) < start + 400) {
      const takes = await atOnce({ stores, pass }, 30, (store) => store.take(key, limit));
      through += takes.filter(({ allowed }) => allowed).length;
    }
    const windowMs = (await redisTime()) - start;
    expect(through).toBeGreaterThan(limit.burst);
    expect(through).toBeLessThanOrEqual(limit.burst + (limit.perSecond * windowMs) / 1000);
  });

  test('leaves no bucket behind for longer than it needs to be full', async () => {
    const key = `test:${randomUUID()}`;
    const { resetMs } = await stores[0].take(key, { perSecond: 0.1, burst: 2 });
    expect(await observer.pttl(`bucket:${key}`)).toSatisfy((ms: number) => ms > 0 && ms <= resetMs);
  });
});
