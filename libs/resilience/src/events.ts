import { channel as diagnosticsChannel } from 'node:diagnostics_channel';

/** Something a defence did about calls to `target`. */
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
    | 'bulkhead-full';
}

export const channel = diagnosticsChannel('chandlery.resilience');

export const publish = (event: ResilienceEvent): void => channel.publish(event);
