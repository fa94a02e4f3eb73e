/**
 * Calls to something that may be slow, busy or gone. A policy is one value, used alike for gRPC, HTTP and databases:
 * deadline around everything, then retries within a budget, each try through the bulkhead and the breaker.
 * What happens is published on the diagnostics channel `chandlery.resilience`; telemetry listens there.
 */
export { type BreakerOptions, breaker } from './breaker.ts';
export { bulkhead } from './bulkhead.ts';
export { remainingMs, signal, withDeadline } from './deadline.ts';
export { channel, type ResilienceEvent } from './events.ts';
export { type Policy, type PolicyOptions, policy } from './policy.ts';
export { Rejected } from './rejected.ts';
export { type Backoff, backoffMs, type RetryOptions, retryBudget } from './retry.ts';
