import { type BreakerOptions, breaker } from './breaker.ts';
import { bulkhead } from './bulkhead.ts';
import { withDeadline } from './deadline.ts';
import { type HedgeOptions, hedged } from './hedged.ts';
import { Rejected } from './rejected.ts';
import { type Clock, type RetryOptions, realClock, retryBudget, retrying } from './retry.ts';
import { enabled } from './switches.ts';

export interface PolicyOptions {
  /** The peer, as metrics name it. */
  target: string;
  /** For all tries together. */
  deadlineMs: number;
  retry?: RetryOptions | false;
  breaker?: BreakerOptions | false;
  /** Calls at a time. */
  bulkhead?: number;
  /** Second calls for answers that are slow to come, where they may be repeated; none if it is not given. */
  hedge?: HedgeOptions;
  /** Whether a failure may go away by itself. */
  transient: (error: unknown) => boolean;
  clock?: Clock;
}

export interface Policy {
  /**
   * Runs `work` under the policy; `repeatable` says whether doing it twice is the same as doing it once. Calls of a `kind`, such as reads, have
   * a breaker of their own.
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>, repeatable?: boolean, kind?: string): Promise<T>;
}

type Attempt = <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Deadline, then retries, then for each try bulkhead and breaker: a call that found no slot says nothing about the peer, so the breaker does
 * not see it. State is shared by all calls: make one for each peer, once.
 */
export function policy(options: PolicyOptions): Policy {
  const { target, transient, clock = realClock } = options;
  const through = breakers(options);
  const slots = bulkhead(target, options.bulkhead ?? 100);
  const again = (error: unknown) => (error instanceof Rejected ? error.reason !== 'breaker-open' : transient(error));
  const budget = retryBudget(options.retry ? options.retry.budget : undefined);
  const retries = options.retry === false ? undefined : retrying(target, options.retry ?? {}, again, clock, budget);
  const hedge: Attempt = options.hedge ? hedged(target, options.hedge, budget) : (work, signal) => work(signal);
  return {
    run: (work, repeatable = false, kind = '') =>
      withDeadline(target, options.deadlineMs, (signal) => {
        const once = (given: AbortSignal) => slots(() => through(kind, () => work(given), given));
        return retries && repeatable && enabled('retry') ? retries(() => hedge(once, signal)) : once(signal);
      }),
  };
}

/** Calls through the breaker of their kind, each made when it is first needed. */
function breakers({ target, breaker: options, transient }: PolicyOptions) {
  const known = new Map<string, ReturnType<typeof breaker>>();
  return <T>(kind: string, call: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    if (options === false) return call();
    const through = known.get(kind) ?? breaker(kind ? `${target} ${kind}` : target, options ?? {}, transient);
    known.set(kind, through);
    return through(call, signal);
  };
}
