import { publish } from './events.ts';
import { adaptiveLimit, type LimitOptions } from './limit.ts';
import { Rejected } from './rejected.ts';
import { enabled } from './switches.ts';
import { usualDurations } from './usual.ts';

/** What matters most is refused last. */
export type Priority = 'critical' | 'normal' | 'sheddable';

/** How work ended: done; failed or given up, as under overload; or refused for a reason of its own, such as bad input. */
export type Outcome = 'success' | 'dropped' | 'ignored';

export interface LimiterOptions extends LimitOptions {
  /** Who limits, as metrics name it. */
  target: string;
  now?: () => number;
}

export interface Limiter {
  /** Lets work of a kind in, or throws `Rejected('overloaded')` at once. Call what it returns when the work has really ended, once. */
  enter(kind: string, priority: Priority): (outcome: Outcome) => void;
}

/** The share of the limit up to which each priority is let in. */
const SHARES: Record<Priority, number> = { critical: 1, normal: 0.9, sheddable: 0.75 };
const RETRY_AFTER_MS = 1_000;
/** So long without a refusal is the end of an overload. */
const CALM_MS = 1_000;

/**
 * Refuses work that would only wait, before anything is done for it, and by priority (Google, Site Reliability Engineering, "Handling
 * Overload"). What is let in is done in time: answers that come too late are work for nobody. Each kind of work is compared with itself, so
 * that a change of the mix is not taken for slowness.
 */
export function limiter({ target, now = () => performance.now(), ...options }: LimiterOptions): Limiter {
  const limit = adaptiveLimit(options, now);
  const usual = usualDurations(now);
  const overload = overloads(target, now);
  let inFlight = 0;

  function ended(kind: string, outcome: Outcome, began: number): void {
    if (outcome === 'ignored') return;
    const before = Math.round(limit.now());
    const ms = now() - began;
    const failed = outcome === 'dropped';
    if (!failed) usual.learn(kind, ms);
    limit.ended({ began, ms, usualMs: usual.of(kind) ?? 0, failed, inFlight });
    const value = Math.round(limit.now());
    if (value !== before) publish({ target, event: 'limit', value });
  }

  return {
    enter(kind, priority) {
      if (inFlight >= limit.admits() * SHARES[priority] && enabled('shedding')) {
        overload.refused(priority);
        throw new Rejected(target, 'overloaded', RETRY_AFTER_MS);
      }
      overload.admitted();
      inFlight++;
      const began = now();
      return (outcome) => {
        ended(kind, outcome, began);
        inFlight--;
      };
    },
  };
}

/** Tells when an overload begins and ends. */
function overloads(target: string, now: () => number) {
  let refusedAt: number | undefined;
  return {
    refused(priority: Priority): void {
      if (refusedAt === undefined) publish({ target, event: 'overloaded' });
      refusedAt = now();
      publish({ target, event: `shed-${priority}` });
    },
    admitted(): void {
      if (refusedAt === undefined || now() - refusedAt < CALM_MS) return;
      refusedAt = undefined;
      publish({ target, event: 'recovered' });
    },
  };
}
