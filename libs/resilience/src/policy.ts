import { type BreakerOptions, breaker } from './breaker.ts';
import { bulkhead } from './bulkhead.ts';
import { withDeadline } from './deadline.ts';
import { Rejected } from './rejected.ts';
import { type Clock, type RetryOptions, realClock, retrying } from './retry.ts';

export interface PolicyOptions {
  /** The peer, as metrics name it. */
  target: string;
  /** For all tries together. */
  deadlineMs: number;
  retry?: RetryOptions | false;
  breaker?: BreakerOptions | false;
  /** Calls at a time. */
  bulkhead?: number;
  /** Whether a failure may go away by itself. */
  transient: (error: unknown) => boolean;
  clock?: Clock;
}

export interface Policy {
  /** Runs `work` under the policy; `repeatable` says whether doing it twice is the same as doing it once. */
  run<T>(work: (signal: AbortSignal) => Promise<T>, repeatable?: boolean): Promise<T>;
}

/**
 * Deadline, then retries, then for each try bulkhead and breaker: a call that found no slot says nothing about the peer, so the breaker does
 * not see it. State is shared by all calls: make one for each peer, once.
 */
export function policy(options: PolicyOptions): Policy {
  const { target, transient, clock = realClock } = options;
  const through = options.breaker === false ? undefined : breaker(target, options.breaker ?? {}, transient);
  const slots = bulkhead(target, options.bulkhead ?? 100);
  const again = (error: unknown) => (error instanceof Rejected ? error.reason !== 'breaker-open' : transient(error));
  const retries = options.retry === false ? undefined : retrying(target, options.retry ?? {}, again, clock);
  return {
    run: (work, repeatable = false) =>
      withDeadline(target, options.deadlineMs, (signal) => {
        const call = () => work(signal);
        const attempt = () => slots(() => (through ? through(call, signal) : call()));
        return retries && repeatable ? retries(attempt) : attempt();
      }),
  };
}
