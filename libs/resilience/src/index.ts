/**
 * Calls to something that may be slow, busy or gone. A policy is one value, used alike for gRPC, HTTP and databases:
 * deadline around everything, then retries within a budget, each try through the bulkhead and the breaker. A limiter is the other side:
 * it refuses what a server cannot do in time. What happens is published on the diagnostics channel `chandlery.resilience`; telemetry
 * listens there. Each defence can be turned off by its name.
 */
export { type BreakerOptions, breaker } from './breaker.ts';
export { bulkhead } from './bulkhead.ts';
export { type CacheOptions, type CacheStore, cached } from './cached.ts';
export { detached, remainingMs, signal, withDeadline } from './deadline.ts';
export { channel, type ResilienceEvent } from './events.ts';
export { fallback } from './fallback.ts';
export { type HedgeOptions, hedged } from './hedged.ts';
export { type Limiter, type LimiterOptions, limiter, type Outcome, type Priority } from './limiter.ts';
export { places } from './places.ts';
export { type Policy, type PolicyOptions, policy } from './policy.ts';
export { Rejected } from './rejected.ts';
export { markRepeated, wasRepeated } from './repeated.ts';
export { type Backoff, backoffMs, type RetryOptions, retryBudget } from './retry.ts';
export { type Defence, defenceNames, defences, enabled, isDefence, setDefence } from './switches.ts';
