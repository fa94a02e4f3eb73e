/** Traces, metrics and logs of a service. One request context (the active span) ties them together. */
export { observeDefences } from './defences.ts';
export { type Logger, logger } from './logs.ts';
export { counter, gauge, histogram, registry } from './metrics.ts';
export { openSpan, type SpanOptions, span, startTracing, type TracingOptions, traceId, traceparent } from './traces.ts';
