import { subscribe } from 'node:diagnostics_channel';
import { trace } from '@opentelemetry/api';
import type { Logger } from './logs.ts';
import { counter, gauge } from './metrics.ts';

const breakerStates: Record<string, number> = { 'breaker-closed': 0, 'breaker-half-open': 1, 'breaker-open': 2 };

/** Changes of a defence's state, and what the log says of them. */
const changes: Record<string, string> = {
  'breaker-closed': 'circuit breaker changed',
  'breaker-half-open': 'circuit breaker changed',
  'breaker-open': 'circuit breaker changed',
  overloaded: 'too much to do, refusing some of it',
  recovered: 'refusing no more',
  'defence-on': 'a defence is turned on',
  'defence-off': 'a defence is turned off',
};

/**
 * Makes each thing that a defence of `@chandlery/resilience` does a metric and a span event, and each change of its state a log line; `all`
 * tells which defences are on.
 */
export function observeDefences(log: Logger, all: () => [name: string, on: boolean][] = () => []): void {
  const events = counter('resilience_events_total', 'What the defences did', ['target', 'event']);
  const state = gauge('circuit_breaker_state', '0 closed, 1 half open, 2 open', ['target']);
  const limit = gauge('concurrency_limit', 'How much may be under way at a time', ['target']);
  gauge('defence_enabled', '1 on, 0 turned off', ['defence'], (switches) => {
    for (const [defence, on] of all()) switches.set({ defence }, Number(on));
  });
  subscribe('chandlery.resilience', (message) => {
    const { target, event, value } = message as { target: string; event: string; value?: number };
    if (value !== undefined) return limit.set({ target }, value);
    events.inc({ target, event });
    trace.getActiveSpan()?.addEvent(event, { target });
    const breaker = breakerStates[event];
    if (breaker !== undefined) state.set({ target }, breaker);
    const change = changes[event];
    if (change) log.warn({ target, action: event }, change);
  });
}
