import { counter, type Logger } from '@chandlery/telemetry';
import type { Bus } from './message.ts';
import { type OutboxRow, publishing } from './outbox-messages.ts';
import { reason } from './persist.ts';

interface Way {
  bus: Bus;
  source: string;
  log: Logger;
}

let way: Way | undefined;

/** Says where events go while the outbox is switched off. */
export function directly(to: Way): void {
  way = to;
}

/**
 * What services do that have no outbox: the broker is told beside the transaction, and nothing holds the two together. An event is lost when the
 * broker is away or the process ends, and told although its cause was rolled back.
 */
export function sendDirectly(row: OutboxRow): void {
  if (!way) throw new Error('without an outbox a relay must have been started, which knows the broker');
  const { bus, source, log } = way;
  publishing([row], source, bus).catch((error) => {
    counter('events_lost_total', 'Events that were sent without an outbox, and did not arrive').inc();
    log.error({ reason: reason(error), type: row.type, key: row.key }, 'an event is lost');
  });
}
