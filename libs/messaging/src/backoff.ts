import { setTimeout as delay } from 'node:timers/promises';
import { enabled } from '@chandlery/resilience';

export interface Backoff {
  /** The first wait; each one after it is twice as long. */
  firstMs: number;
  mostMs: number;
}

/** The wait before another attempt: half of it fixed, half of it chance, so that replicas do not come back as one wave. */
export function backoffMs({ firstMs, mostMs }: Backoff, attempt: number): number {
  const wait = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30));
  return enabled('jitter') ? wait / 2 + (Math.random() * wait) / 2 : wait;
}

/** Waits so long, or until the signal. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
