/** A bucket of tokens: `burst` of them at the most, `perSecond` new ones a second. */
export interface Limit {
  perSecond: number;
  burst: number;
}

/** What came of taking tokens. */
export interface Taken {
  allowed: boolean;
  /** Whole tokens that are left. */
  remaining: number;
  /** 0 if it was allowed; else after so long the same take succeeds, unless others come first. */
  retryAfterMs: number;
  /** After so long the bucket is full again. */
  resetMs: number;
}

/**
 * Small state that replicas share. Nothing in it lives for ever: every value has a time to live, in milliseconds.
 * Values and buckets are apart: the same key may name one of each.
 */
export interface KeyValue {
  get(key: string): Promise<string | undefined>;

  set(key: string, value: string, ttlMs: number): Promise<void>;

  /** Sets the value if there is none. Of any number of callers one is told `true`: that makes it a claim. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;

  /** Replaces the value if it is `expected` still; so a claim is renewed or finished by its owner alone. */
  replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean>;

  delete(key: string): Promise<void>;

  /** Deletes the value if it is `expected` still; so a claim is released by its owner alone. */
  deleteIf(key: string, expected: string): Promise<boolean>;

  /** Takes `cost` tokens (1) from the key's bucket, all or none. A cost over the burst is a RangeError: it would never fit. */
  take(key: string, limit: Limit, cost?: number): Promise<Taken>;

  /** Whether the shared state is there; for the body of the readiness answer, not for its code. */
  healthy(): boolean;

  stop(): Promise<void>;
}

/** Milliseconds as every adapter keeps them: whole, and at least one. */
export function wholeMs(ttlMs: number): number {
  if (!Number.isFinite(ttlMs)) throw new RangeError('a time to live is a finite number of milliseconds');
  return Math.max(1, Math.ceil(ttlMs));
}
