import { randomUUID } from 'node:crypto';
import { logger } from '@chandlery/telemetry';
import { proxyTo } from '@chandlery/testing';
import { expect, onTestFinished, vi } from 'vitest';
import { keyValue } from './index.ts';
import { redisKeyValue } from './redis.ts';

/** A store whose way to the Redis of `url` can be cut, another with a way of its own, and what the first logs from now on. */
export async function storeBehindProxy(url: string) {
  const line = await proxyTo(url);
  const logged: { level: string; message: string; reason?: string }[] = [];
  const store = keyValue(
    { REDIS_URL: line.url },
    logger('test', 'info', { write: (text) => void logged.push(JSON.parse(text)) }),
  );
  const direct = redisKeyValue({ url, log: logger('test', 'silent'), commandTimeoutMs: 5_000 });
  onTestFinished(async () => {
    await Promise.all([store.stop(), direct.stop()]);
  });
  const becomes = (healthy: boolean) => vi.waitFor(() => expect(store.healthy()).toBe(healthy), { timeout: 10_000 });
  await becomes(true);
  logged.length = 0;
  return {
    store,
    direct,
    logged,
    key: `test:${randomUUID()}`,
    line,
    becomes,
    async away() {
      line.cut();
      await becomes(false);
    },
    async back() {
      await line.mend();
      await becomes(true);
    },
  };
}
