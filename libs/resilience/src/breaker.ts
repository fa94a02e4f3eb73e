import CircuitBreaker from 'opossum';
import { publish } from './events.ts';
import { Rejected } from './rejected.ts';

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
 * Stops calling a peer that mostly fails (Nygard, Release It!, "Circuit Breaker"). Only transient failures count: a client's mistake says
 * nothing about the peer's health. The deadline is the caller's: opossum's own timeout would free nothing.
 */
export function breaker(target: string, options: BreakerOptions, transient: (error: unknown) => boolean) {
  const resetMs = options.resetMs ?? 5_000;
  const circuit = new CircuitBreaker((work: () => Promise<unknown>) => work(), {
    name: target,
    timeout: false,
    errorThresholdPercentage: options.errorThreshold ?? 50,
    volumeThreshold: options.volume ?? 20,
    rollingCountTimeout: options.windowMs ?? 10_000,
    resetTimeout: resetMs,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    errorFilter: (error: unknown) => !transient(error),
  });
  circuit.on('open', () => publish({ target, event: 'breaker-open' }));
  circuit.on('halfOpen', () => publish({ target, event: 'breaker-half-open' }));
  circuit.on('close', () => publish({ target, event: 'breaker-closed' }));
  return async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return (await circuit.fire(work)) as T;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EOPENBREAKER') throw error;
      publish({ target, event: 'breaker-rejected' });
      throw new Rejected(target, 'breaker-open', resetMs);
    }
  };
}
