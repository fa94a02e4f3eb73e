/** Small state that replicas share: sessions, limits, answers to repeated requests, short caches. Nobody's only copy. */
import type { Logger } from '@chandlery/telemetry';
import { withFallback } from './fallback.ts';
import { inProcessKeyValue } from './in-process.ts';
import type { KeyValue } from './port.ts';
import { redisKeyValue } from './redis.ts';

export { type InProcessOptions, inProcessKeyValue } from './in-process.ts';
export type { KeyValue, Limit, Taken } from './port.ts';
export { type RedisSettings, redisKeyValue } from './redis.ts';

/** In Redis if there is a URL of one, and then usable while it is away too (see `withFallback`); else in this process. */
export function keyValue({ REDIS_URL }: { REDIS_URL?: string | undefined }, log: Logger): KeyValue {
  if (!REDIS_URL) return inProcessKeyValue();
  return withFallback(redisKeyValue({ url: REDIS_URL, log }), inProcessKeyValue(), log);
}
