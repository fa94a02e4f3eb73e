import { type Logger, span } from '@chandlery/telemetry';
import { mustFit, taken } from './bucket.ts';
import { redisConnection } from './connection.ts';
import { type KeyValue, type Limit, type Taken, wholeMs } from './port.ts';

/** What may be shown of a key: its kind, up to the first colon. The rest can be a token. */
const kindOf = (key: string): string => (key.includes(':') ? key.slice(0, key.indexOf(':')) : 'other');

/** Values and buckets share one set of names in Redis. */
const bucketKey = (key: string): string => `bucket:${key}`;

export interface RedisSettings {
  url: string;
  log: Logger;
  /** How long a command may take; a Redis that is silent for five times as long counts as away. */
  commandTimeoutMs?: number;
}

/**
 * State that all who use this Redis share. While it is away every call is rejected at once, but for the first ones,
 * which wait for the connection; where it hangs, after the timeout.
 */
export function redisKeyValue({ url, log, commandTimeoutMs = 200 }: RedisSettings): KeyValue {
  const { redis, attempted, close } = redisConnection(url, log, commandTimeoutMs);
  const { hostname, port } = new URL(url);

  function command<T>(operation: string, key: string, send: () => Promise<T>, script?: string): Promise<T> {
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': operation,
      ...(script && { 'db.stored_procedure.name': script }),
      'server.address': hostname,
      'server.port': Number(port || 6379),
      'keyvalue.kind': kindOf(key),
    };
    return span(`${script ?? operation} ${kindOf(key)}`, { kind: 'CLIENT', attributes }, async () => {
      await attempted;
      return send();
    }).catch((error: Error) => {
      throw new Error(error.message); // the error of ioredis has the arguments on it, which no log may show
    });
  }

  return {
    get: async (key) => (await command('GET', key, () => redis.get(key))) ?? undefined,

    async set(key, value, ttlMs) {
      const ms = wholeMs(ttlMs);
      await command('SET', key, () => redis.set(key, value, 'PX', ms));
    },

    async setIfAbsent(key, value, ttlMs) {
      const ms = wholeMs(ttlMs);
      return (await command('SET', key, () => redis.set(key, value, 'PX', ms, 'NX'))) === 'OK';
    },

    async replace(key, expected, value, ttlMs) {
      const ms = wholeMs(ttlMs);
      const send = () => redis.replaceIf(key, expected, value, ms);
      return (await command('EVALSHA', key, send, 'replaceIf')) === 1;
    },

    async delete(key) {
      await command('DEL', key, () => redis.del(key));
    },

    async deleteIf(key, expected) {
      return (await command('EVALSHA', key, () => redis.deleteIf(key, expected), 'deleteIf')) === 1;
    },

    async take(key: string, limit: Limit, cost = 1): Promise<Taken> {
      mustFit(limit, cost);
      const send = () => redis.takeTokens(bucketKey(key), limit.burst, limit.perSecond, cost);
      const [allowed, level] = await command('EVALSHA', key, send, 'takeTokens');
      return taken(allowed === 1, Number(level), limit, cost);
    },

    healthy: () => redis.status === 'ready',
    stop: close,
  };
}
