import type { EventType, Payload } from '@chandlery/contracts/event';
import { enabled } from '@chandlery/resilience';
import { traceparent } from '@chandlery/telemetry';
import { Errors } from 'typebox/schema';
import { v7 } from 'uuid';
import { sendDirectly } from './direct.ts';
import type { AnyTransaction } from './transactions.ts';

/** What every broker takes; Kafka refuses more than 1 MiB. */
const MOST_BYTES = 512 * 1024;

/**
 * Says in the transaction of its cause that an event has happened: both are committed, or neither. Events of one key leave in commit order
 * if each transaction first writes the row that the event is about. A payload that breaks its contract is the producer's bug, and throws.
 */
export async function add<Event extends EventType>(
  tx: AnyTransaction,
  event: Event,
  key: string,
  payload: Payload<Event>,
): Promise<void> {
  const problems = Errors(event.data, payload)[1].map(({ instancePath, message }) => `${instancePath} ${message}`);
  if (problems.length > 0) throw new TypeError(`not a ${event.type}: ${problems.join('; ')}`);
  const data = JSON.stringify(payload);
  if (Buffer.byteLength(data) > MOST_BYTES) throw new TypeError(`a ${event.type} of more than ${MOST_BYTES} bytes`);
  const row = { id: v7(), topic: event.topic, key, type: event.type, traceparent: traceparent() ?? null };
  if (!enabled('outbox')) return sendDirectly({ ...row, data: payload, position: 0, created_at: new Date() });
  await tx
    .insertInto('outbox')
    .values({ ...row, data })
    .execute();
}
