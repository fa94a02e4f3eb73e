import type { Limit, Taken } from './port.ts';

/**
 * A token bucket: it starts full, gains tokens with time up to its burst, and a take succeeds if its cost is there. So
 * in any window of time at most `burst + perSecond * window` is let through. This is the "continuous-state leaky
 * bucket" form of the Generic Cell Rate Algorithm (ITU-T Recommendation I.371) seen from the other side, tokens left
 * instead of water in. Two numbers are all of its state, and no timer refills it: what it gained is worked out when
 * somebody takes. The script `take` of scripts.ts does the same arithmetic inside Redis.
 */
export interface Bucket {
  level: number;
  /** When the level was so, in milliseconds. */
  at: number;
}

/** Fractions of a token add up with rounding errors; a take may lack this much. The level goes below zero then, so nothing is gained. */
const tolerance = 1e-9;

/** The bucket as it is `now`. A clock that went back refills nothing. */
export function refilled(bucket: Bucket | undefined, { perSecond, burst }: Limit, now: number): Bucket {
  if (!bucket) return { level: burst, at: now };
  const gained = (Math.max(0, now - bucket.at) * perSecond) / 1000;
  return { level: Math.min(burst, bucket.level + gained), at: now };
}

/** Whether the bucket holds `cost`. */
export const holds = ({ level }: Bucket, cost: number): boolean => level - cost >= -tolerance;

/** What the caller is told, given the level after the take. */
export function taken(allowed: boolean, level: number, { perSecond, burst }: Limit, cost: number): Taken {
  const msToGain = (tokens: number) => Math.ceil((tokens * 1000) / perSecond);
  return {
    allowed,
    remaining: Math.max(0, Math.floor(level + tolerance)),
    retryAfterMs: allowed ? 0 : msToGain(cost - level),
    resetMs: msToGain(burst - level),
  };
}

/** Refuses a cost which no wait would ever make fit. */
export function mustFit({ burst }: Limit, cost: number): void {
  if (!(cost > 0 && cost <= burst)) throw new RangeError(`a cost of ${cost} does not fit a burst of ${burst}`);
}
