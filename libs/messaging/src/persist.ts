import { type Backoff, backoffMs } from '@chandlery/resilience';
import type { Logger } from '@chandlery/telemetry';
import { pause } from './pause.ts';

interface Persistence {
  signal: AbortSignal;
  log: Logger;
  /** Whether the failure is the other side's absence, which is waited out for ever. */
  away: (error: unknown) => boolean;
  backoff?: Backoff;
}

/** So many failures that are nobody's absence, none of them after a good minute, and it is given up. */
const FAILURES = 5;
const GOOD_MS = 60_000;

/** Keeps `session` going until the signal: again, after a wait, when it fails. Rejects when it fails in a way that does not heal. */
export async function persist(
  session: () => Promise<void>,
  { signal, log, away, backoff = { baseMs: 200, maxMs: 5_000 } }: Persistence,
): Promise<void> {
  for (let attempt = 0, failures = 0; !signal.aborted; attempt++) {
    const began = Date.now();
    try {
      await session();
    } catch (error) {
      if (signal.aborted) return;
      if (Date.now() - began > GOOD_MS) attempt = failures = 0;
      if (!away(error) && ++failures === FAILURES) throw error;
      log.warn({ reason: reason(error), attempt }, 'connection lost, trying again');
      await pause(backoffMs(backoff, attempt), signal);
    }
  }
}

/** An error in a line. A refused connection to a name with several addresses has no message of its own, but a code. */
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error);
