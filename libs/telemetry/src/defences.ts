import { subscribe } from 'node:diagnostics_channel';
import { trace } from '@opentelemetry/api';
import type { Logger } from './logs.ts';
import { counter, gauge } from './metrics.ts';

const breakerStates: Record<string, number> = { 'breaker-closed': 0, 'breaker-half-open': 1, 'breaker-open': 2 };

/** Makes each thing that a defence of `@chandlery/resilience` does a metric and a span event, and each change of a breaker a log line. */
export function observeDefences(log: Logger): void {
  const events = counter('resilience_events_total', 'What the defences did', ['target', 'event']);
  const state = gauge('circuit_breaker_state', '0 closed, 1 half open, 2 open', ['target']);
  subscribe('chandlery.resilience', (message) => {
    const { target, event } = message as { target: string; event: string };
    events.inc({ target, event });
    trace.getActiveSpan()?.addEvent(event, { target });
    const breaker = breakerStates[event];
    if (breaker === undefined) return;
    state.set({ target }, breaker);
    log.warn({ target, action: event }, 'circuit breaker changed');
  });
}
