import { setTimeout as delay } from 'node:timers/promises';

/** Waits so long, or until the signal. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
