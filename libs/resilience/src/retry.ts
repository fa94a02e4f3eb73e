import { setTimeout as delay } from 'node:timers/promises';
import { remainingMs, signal } from './deadline.ts';
import { publish } from './events.ts';
import { markRepeated, wasRepeated } from './repeated.ts';
import { enabled } from './switches.ts';

export interface RetryOptions {
  /** Tries in all. */
  attempts?: number;
  /** Before the first repeat up to this long, twice as long before each one after it (full jitter). */
  baseMs?: number;
  maxMs?: number;
  /** Repeats per request in the long run. */
  budget?: number;
}

/** Where time and chance come from; tests bring their own. */
export interface Clock {
  sleep(ms: number): Promise<unknown>;
  random(): number;
}

export const realClock: Clock = { sleep: (ms) => delay(ms), random: Math.random };

/**
 * Holds repeats under `ratio` of the requests, with at most `burst` saved up: when a peer fails for everyone, clients multiply its load by
 * no more than `1 + ratio`. The token bucket of Finagle's RetryBudget and gRPC's retryThrottling (gRFC A6).
 */
export function retryBudget(ratio = 0.2, burst = 10) {
  let tokens = burst;
  return {
    deposit(): void {
      tokens = Math.min(burst, tokens + ratio);
    },
    withdraw(): boolean {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

/** How long to wait between repeats. */
export interface Backoff {
  baseMs: number;
  maxMs: number;
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): anything between 0 and a bound that doubles with each repeat. */
export const backoffMs = ({ baseMs, maxMs }: Backoff, repeat: number, random: () => number = Math.random): number =>
  (enabled('jitter') ? random() : 1) * Math.min(maxMs, baseMs * 2 ** Math.min(repeat, 30));

/**
 * Repeats `attempt` while its failure is transient, there are tries and budget left, the deadline allows the wait, and the caller is there. What
 * another layer has repeated in vain is not repeated again. Who is asked to come back later comes a little later still, so that not all come at once.
 */
export function retrying(
  target: string,
  options: RetryOptions,
  transient: (error: unknown) => boolean,
  clock: Clock,
  budget = retryBudget(options.budget),
) {
  const { attempts = 3, baseMs = 50, maxMs = 500 } = options;
  return async <T>(attempt: () => Promise<T>): Promise<T> => {
    budget.deposit();
    for (let repeat = 0; ; repeat++) {
      try {
        return await attempt();
      } catch (error) {
        if (!transient(error) || wasRepeated(error) || signal()?.aborted) throw error;
        const asked = (error as { retryAfterMs?: number }).retryAfterMs ?? 0;
        const wait = asked + backoffMs({ baseMs, maxMs }, repeat, clock.random);
        if (repeat + 1 >= attempts || wait >= remainingMs()) throw repeat > 0 ? markRepeated(error) : error;
        if (enabled('retry-budget') && !budget.withdraw()) {
          publish({ target, event: 'retry-budget-empty' });
          throw markRepeated(error);
        }
        publish({ target, event: 'retry' });
        await clock.sleep(wait);
        if (signal()?.aborted) throw error;
      }
    }
  };
}
