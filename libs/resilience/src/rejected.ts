/** A call that one of our defences ended, or never let out or in. `cancelled`: its caller has gone. */
export class Rejected extends Error {
  /** The peer that was called, or the work that was to be done. */
  readonly target: string;
  readonly reason: 'deadline-exceeded' | 'cancelled' | 'breaker-open' | 'bulkhead-full' | 'overloaded';
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs: number | undefined;

  constructor(target: string, reason: Rejected['reason'], retryAfterMs?: number) {
    super(`${target}: ${reason}`);
    this.name = 'Rejected';
    this.target = target;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
