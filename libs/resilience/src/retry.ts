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
  /** Repeats per success in the long run. */
  budget?: number;
}

/** Where time and chance come from; tests bring their own. */
export interface Clock {
  sleep(ms: number): Promise<unknown>;
  random(): number;
}

export const realClock: Clock = { sleep: (ms) => delay(ms), random: Math.random };

/**
 * Lets failures be repeated while few calls fail: each takes a token, a success gives `ratio` of one back, and with less than half of them there are
 * no repeats. So clients multiply the load of a peer by no more than `1 + ratio`, and not at all where it fails for everyone or refuses most
 * (gRFC A6, retryThrottling).
 */
export function retryBudget(ratio = 0.2, most = 20) {
  let tokens = most;
  return {
    deposit(): void {
      tokens = Math.min(most, tokens + ratio);
    },
    /** Takes a token; whether another call may be made. */
    withdraw(): boolean {
      tokens = Math.max(0, tokens - 1);
      return tokens >= most / 2;
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
 * another layer has repeated in vain is not repeated again. Who is asked to come back later comes a little later still, so that not all come at
 * once; or tells its own caller, where that is later than `maxMs`.
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
    for (let repeat = 0; ; repeat++) {
      try {
        const result = await attempt();
        budget.deposit();
        return result;
      } catch (error) {
        if (!transient(error)) throw error;
        const affordable = budget.withdraw();
        if (wasRepeated(error) || signal()?.aborted) throw error;
        const asked = (error as { retryAfterMs?: number }).retryAfterMs ?? 0;
        const wait = asked + backoffMs({ baseMs, maxMs }, repeat, clock.random);
        if (repeat + 1 >= attempts || asked > maxMs || wait >= remainingMs())
          throw repeat > 0 ? markRepeated(error) : error;
        if (enabled('retry-budget') && !affordable) {
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
