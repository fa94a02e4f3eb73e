import CircuitBreaker from 'opossum';
import { publish } from './events.ts';
import { Rejected } from './rejected.ts';
import { enabled } from './switches.ts';

export interface BreakerOptions {
  /** Percentage of failures in the rolling window that opens it. */
  errorThreshold?: number;
  /** Calls in the window below which it never opens. */
  volume?: number;
  windowMs?: number;
  /** How long it stays open before one probe is let through. */
  resetMs?: number;
}

/**
 * Stops calling a peer that mostly fails (Nygard, Release It!, "Circuit Breaker"). Transient failures count, and calls whose deadline has
 * passed, from that moment, however long they still take; what comes back is always the call's own end. A client's mistake says nothing
 * about the peer's health, and a peer that is overloaded defends itself: to call it not at all would waste what it can do. The deadline is
 * the caller's: opossum's own timeout would free nothing.
 */
export function breaker(target: string, options: BreakerOptions, transient: (error: unknown) => boolean) {
  const resetMs = options.resetMs ?? 5_000;
  const failed = (error: unknown, signal?: AbortSignal): boolean => {
    // what is no failure has not shown either that the peer is back
    if (circuit.halfOpen) return true;
    if (signal?.aborted) return late(signal.reason); // a caller who went away does not speak against the peer
    return late(error) || (transient(error) && !overloaded(error));
  };
  const circuit = new CircuitBreaker((call: () => Promise<unknown>, signal?: AbortSignal) => inTime(call(), signal), {
    name: target,
    timeout: false,
    errorThresholdPercentage: options.errorThreshold ?? 50,
    volumeThreshold: options.volume ?? 20,
    rollingCountTimeout: options.windowMs ?? 10_000,
    resetTimeout: resetMs,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    errorFilter: (error: unknown, _call?: unknown, signal?: AbortSignal) => !failed(error, signal),
  });
  circuit.on('open', () => publish({ target, event: 'breaker-open' }));
  circuit.on('halfOpen', () => publish({ target, event: 'breaker-half-open' }));
  circuit.on('close', () => publish({ target, event: 'breaker-closed' }));
  circuit.on('reject', () => publish({ target, event: 'breaker-rejected' }));
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    if (!enabled('breaker')) return work();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const call = () => {
      resolve(Promise.try(work));
      return promise;
    };
    // a call that has begun ends by itself, and this rejection comes too late for it
    await circuit.fire(call, signal).catch(() => reject(new Rejected(target, 'breaker-open', resetMs)));
    return promise;
  };
}

const late = (error: unknown): boolean => error instanceof Rejected && error.reason === 'deadline-exceeded';
const overloaded = (error: unknown): boolean => (error as { reason?: unknown } | undefined)?.reason === 'overloaded';

/** `call`, or the end of `signal` where that comes first. */
function inTime(call: Promise<unknown>, signal?: AbortSignal): Promise<unknown> {
  if (!signal) return call;
  const { promise: end, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return Promise.race([call, end]);
}
