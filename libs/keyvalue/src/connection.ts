import { gauge, type Logger } from '@chandlery/telemetry';
import { Redis, type RedisOptions } from 'ioredis';
import { type Scripts, scripts } from './scripts.ts';

/** Half of the delay is chance, so that the replicas of a service do not come back as one wave. */
function reconnectDelayMs(attempt: number): number {
  const most = Math.min(2_000, 50 * 2 ** Math.min(attempt, 10));
  return most / 2 + (Math.random() * most) / 2;
}

/** A command is answered soon or refused, and never kept to be sent later: then nobody waits for its answer. */
const options = (commandTimeoutMs: number) =>
  ({
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: commandTimeoutMs,
    socketTimeout: 5 * commandTimeoutMs, // a peer that hangs is found out by its silence: no close event tells of it
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0, // what is under way when the connection closes is refused then, not sent again
    retryStrategy: reconnectDelayMs,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'), // after a failover the old primary answers so
    scripts,
  }) satisfies RedisOptions;

/** A connection that is mended for ever, and says in the log and in `keyvalue_available` when it comes and goes. */
export function redisConnection(url: string, log: Logger, commandTimeoutMs: number) {
  const redis = new Redis(url, options(commandTimeoutMs)) as Redis & Scripts;
  const available = gauge('keyvalue_available', 'Whether Redis is there: 1 or 0');
  let reason: string | undefined;
  let last: boolean | undefined;

  function report(there: boolean): void {
    if (there === last) return;
    last = there;
    available.set(there ? 1 : 0);
    if (there) log.info('redis is available');
    else log.warn({ reason: reason ?? 'connection closed' }, 'redis is away');
    reason = undefined;
  }
  const lost = () => report(false);

  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.message || error.code;
  });
  redis.on('ready', () => report(true));
  redis.on('close', lost);

  return {
    redis,
    /** Settled when the first attempt to connect has come to its end, good or bad. */
    attempted: redis.connect().catch(() => undefined),
    async close(): Promise<void> {
      redis.off('close', lost);
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}
