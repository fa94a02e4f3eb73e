import { randomUUID } from 'node:crypto';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, vi } from 'vitest';
import { keyValue } from './index.ts';
import { proxyTo } from './proxy-for-tests.ts';
import { redisKeyValue } from './redis.ts';

/** A store whose way to the Redis of `url` can be cut, another store with a way of its own, and what the first has logged. */
export async function storeBehindProxy(url: string) {
  const line = await proxyTo(url);
  const logged: { level: string; message: string; reason?: string }[] = [];
  const store = keyValue(
    { REDIS_URL: line.url },
    logger('test', 'info', { write: (text) => void logged.push(JSON.parse(text)) }),
  );
  const direct = redisKeyValue({ url, log: logger('test', 'silent') });
  onTestFinished(async () => {
    await Promise.all([store.stop(), direct.stop()]);
  });
  await Promise.all([store.get('first'), direct.get('first')]);

  const becomes = (healthy: boolean) => vi.waitFor(() => expect(store.healthy()).toBe(healthy), { timeout: 5_000 });
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
