/** A call that one of our defences ended, or never let out or in. */
export class Rejected extends Error {
  readonly reason: 'deadline-exceeded' | 'breaker-open' | 'bulkhead-full' | 'overloaded';
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs: number | undefined;

  constructor(target: string, reason: Rejected['reason'], retryAfterMs?: number) {
    super(`${target}: ${reason}`);
    this.name = 'Rejected';
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
