import { setTimeout as delay } from 'node:timers/promises';

/** Time, as a thing that a test can hold in its hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds, or as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const LONGEST_MS = 2 ** 31 - 1; // a longer timer would fire at once

export const clock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) => delay(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => undefined),
};
