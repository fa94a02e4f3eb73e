import { detached, withDeadline } from './deadline.ts';
import { publish } from './events.ts';
import { enabled } from './switches.ts';

/** Where answers are kept, such as a KeyValue. */
export interface CacheStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
}

export interface CacheOptions {
  /** What is kept, as metrics and keys name it. */
  target: string;
  store: CacheStore;
  /** How long an answer is as good as a new one. */
  ttlMs: number;
  /** How much longer it is better than none, where a new one cannot be had. */
  staleMs: number;
  /** Whether a failure may go away by itself; what will not is the new answer. */
  transient: (error: unknown) => boolean;
  now?: () => number;
}

interface Kept<T> {
  value: T;
  freshUntil: number;
}

/**
 * Cache-aside for what can be JSON. However many want the same at a time, one of them fetches it; where that fails, the last answer is given
 * once more (RFC 5861, stale-if-error). A store that is away is a store that is empty. Fetching is for all who wait, so it has none of their
 * deadlines: `load` brings its own.
 */
export function cached<T>({ target, store, ttlMs, staleMs, transient, now = Date.now }: CacheOptions) {
  const flights = new Map<string, Promise<T>>();
  const nameOf = (key: string) => `${target}:${key}`;

  async function look(key: string): Promise<Kept<T> | undefined> {
    const text = await store.get(nameOf(key)).catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async function find(key: string, load: () => Promise<T>): Promise<T> {
    const kept = await look(key);
    if (kept && now() < kept.freshUntil) return kept.value;
    try {
      const value = await load();
      const entry: Kept<T> = { value, freshUntil: now() + ttlMs };
      await store.set(nameOf(key), JSON.stringify(entry), ttlMs + staleMs).catch(() => undefined);
      return value;
    } catch (error) {
      if (!kept || !transient(error) || !enabled('cache-guard')) throw error;
      publish({ target, event: 'stale' });
      return kept.value;
    }
  }

  function flight(key: string, load: () => Promise<T>): Promise<T> {
    const begun = detached(() => find(key, load)).finally(() => flights.delete(key));
    flights.set(key, begun);
    return begun;
  }

  return (key: string, load: () => Promise<T>): Promise<T> => {
    if (!enabled('cache-guard')) return find(key, load);
    return withDeadline(target, Number.POSITIVE_INFINITY, () => flights.get(key) ?? flight(key, load));
  };
}
