import { LRUCache } from 'lru-cache';
import { type Bucket, holds, mustFit, refilled, taken } from './bucket.ts';
import { type KeyValue, type Limit, type Taken, wholeMs } from './port.ts';

export interface InProcessOptions {
  /** A clock in milliseconds; by default one that never goes back. */
  now?: () => number;
  /** How many values, and as many buckets, are kept. Over that the one used longest ago is forgotten, be it a claim. */
  maxEntries?: number;
}

/** State of this process alone: lost with it, and shared with nobody. It has no timer: what has expired is found so when asked for. */
export function inProcessKeyValue({
  now = () => performance.now(),
  maxEntries = 10_000,
}: InProcessOptions = {}): KeyValue {
  const values = new LRUCache<string, { value: string; expiresAt: number }>({ max: maxEntries });
  // Apart from the values: a flood of addresses to limit must not push sessions out.
  const buckets = new LRUCache<string, Bucket>({ max: maxEntries });

  function read(key: string): string | undefined {
    const entry = values.get(key);
    if (entry && now() < entry.expiresAt) return entry.value;
    values.delete(key);
    return undefined;
  }

  function write(key: string, value: string, ttlMs: number): void {
    values.set(key, { value, expiresAt: now() + wholeMs(ttlMs) });
  }

  return {
    get: async (key) => read(key),

    set: async (key, value, ttlMs) => write(key, value, ttlMs),

    async setIfAbsent(key, value, ttlMs) {
      if (read(key) !== undefined) return false;
      write(key, value, ttlMs);
      return true;
    },

    async replace(key, expected, value, ttlMs) {
      if (read(key) !== expected) return false;
      write(key, value, ttlMs);
      return true;
    },

    async delete(key) {
      values.delete(key);
    },

    async deleteIf(key, expected) {
      return read(key) === expected && values.delete(key);
    },

    async take(key: string, limit: Limit, cost = 1): Promise<Taken> {
      mustFit(limit, cost);
      const bucket = refilled(buckets.get(key), limit, now());
      const allowed = holds(bucket, cost);
      if (allowed) bucket.level -= cost;
      buckets.set(key, bucket);
      return taken(allowed, bucket.level, limit, cost);
    },

    healthy: () => true,

    async stop() {
      values.clear();
      buckets.clear();
    },
  };
}
