import { channel as diagnosticsChannel } from 'node:diagnostics_channel';

/** Something a defence did about calls to `target`, or about work that `target` was to do. */
export interface ResilienceEvent {
  target: string;
  event:
    | 'retry'
    | 'retry-budget-empty'
    | 'deadline-exceeded'
    | 'breaker-open'
    | 'breaker-half-open'
    | 'breaker-closed'
    | 'breaker-rejected'
    | 'bulkhead-full'
    | 'limit'
    | 'overloaded'
    | 'recovered'
    | 'shed-critical'
    | 'shed-normal'
    | 'shed-sheddable'
    | 'hedge'
    | 'fallback'
    | 'stale'
    | 'defence-on'
    | 'defence-off';
  /** What a changed limit is now. */
  value?: number;
}

export const channel = diagnosticsChannel('chandlery.resilience');

export const publish = (event: ResilienceEvent): void => channel.publish(event);
