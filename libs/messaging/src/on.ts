import type { EventType, Payload } from '@chandlery/contracts/event';
import { Failure } from '@chandlery/errors';
import { Errors } from 'typebox/schema';
import type { Message } from './message.ts';
import type { AnyTransaction } from './transactions.ts';

export interface HandlerContext {
  /** What the handler changes in this transaction is changed once, however often the message comes. */
  tx: AnyTransaction;
  message: Message;
}

/** A handler of one type of event. */
export interface On {
  event: EventType;
  handle(context: HandlerContext): Promise<void>;
}

/** Handles an event. The payload has been checked against the event's contract before the handler is called. */
export const on = <Event extends EventType>(
  event: Event,
  handler: (payload: Payload<Event>, context: HandlerContext) => Promise<void>,
): On => ({
  event,
  handle: (context) => handler(checked(event, context.message.data), context),
});

function checked<Event extends EventType>(event: Event, data: unknown): Payload<Event> {
  const fields = Errors(event.data, data)[1].map(({ instancePath, message }) => ({
    field: instancePath,
    message,
  }));
  if (fields.length === 0) return data as Payload<Event>;
  const problems = fields.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new Failure('invalid', `not a ${event.type}: ${problems}`, { reason: 'bad-payload', fields });
}
