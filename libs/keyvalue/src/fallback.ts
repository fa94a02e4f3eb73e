import { counter, type Logger } from '@chandlery/telemetry';
import { LRUCache } from 'lru-cache';
import type { KeyValue } from './port.ts';

/** How many keys changed during an outage are remembered; what is older is left to its time to live. */
const maxMissed = 10_000;

/** Counts the calls that Redis did not answer. An outage is logged by the connection; here, once, what fails without one. */
function witness(redis: KeyValue, log: Logger) {
  const fallbacks = counter('keyvalue_fallbacks_total', 'Calls answered without Redis', ['operation']);
  const logged = new Set<string>();

  return (operation: string, error: unknown): void => {
    fallbacks.inc({ operation });
    if (!redis.healthy()) logged.clear();
    else if (!logged.has(operation)) {
      logged.add(operation);
      log.warn({ operation, reason: (error as Error).message }, 'redis fails a command');
    }
  };
}

/** Remembers the keys that were changed during an outage, and deletes them when Redis is back: what it holds is old. */
function changesMissedBy(redis: KeyValue) {
  const missed = new LRUCache<string, true>({ max: maxMissed });
  let catchingUp: Promise<unknown> | undefined;

  async function forget(key: string): Promise<void> {
    await redis.delete(key);
    missed.delete(key);
  }

  return {
    add: async (key: string): Promise<void> => void missed.set(key, true),
    async catchUp(): Promise<void> {
      if (missed.size === 0 || !redis.healthy()) return;
      catchingUp ??= Promise.all([...missed.keys()].map(forget)).finally(() => {
        catchingUp = undefined;
      });
      await catchingUp;
    },
  };
}

/**
 * Redis, and what to do without it. No call fails because Redis is away:
 * - tokens are taken from buckets of this process, which start full: each replica grants the whole limit;
 * - there are no values, and setting one does nothing; before Redis is used again those set or deleted meanwhile are
 *   deleted in it, so that no old one reappears;
 * - claims are made in this process, so two replicas can hold the same one: the work behind a claim must bear being
 *   done twice. This process honours them until they end, also when Redis is back.
 */
export function withFallback(redis: KeyValue, local: KeyValue, log: Logger): KeyValue {
  const fellBack = witness(redis, log);
  const missed = changesMissedBy(redis);

  async function ask<T>(
    operation: keyof KeyValue,
    work: (store: KeyValue) => Promise<T>,
    otherwise: () => Promise<T> = () => work(local),
  ): Promise<T> {
    try {
      await missed.catchUp();
      return await work(redis);
    } catch (error) {
      if (error instanceof RangeError) throw error; // the caller's mistake, which Redis has no part in
      fellBack(operation, error);
      return otherwise();
    }
  }

  return {
    get: async (key) => (await local.get(key)) ?? ask('get', (store) => store.get(key)),

    async set(key, value, ttlMs) {
      await local.delete(key);
      const drop = () => missed.add(key);
      await ask('set', (store) => store.set(key, value, ttlMs), drop);
    },

    setIfAbsent: async (key, value, ttlMs) =>
      (await local.get(key)) === undefined && ask('setIfAbsent', (store) => store.setIfAbsent(key, value, ttlMs)),

    replace: async (key, expected, value, ttlMs) =>
      (await local.replace(key, expected, value, ttlMs)) ||
      ask('replace', (store) => store.replace(key, expected, value, ttlMs)),

    async delete(key) {
      await local.delete(key);
      const later = () => missed.add(key);
      await ask('delete', (store) => store.delete(key), later);
    },

    deleteIf: async (key, expected) =>
      (await local.deleteIf(key, expected)) || ask('deleteIf', (store) => store.deleteIf(key, expected)),

    take: (key, limit, cost) => ask('take', (store) => store.take(key, limit, cost)),

    healthy: () => redis.healthy(),

    async stop() {
      await Promise.all([redis.stop(), local.stop()]);
    },
  };
}
