import type { Static, TSchema } from 'typebox';

/** What this package asks of an event's contract; those of `@chandlery/contracts` have it. */
export interface EventContract<Data extends TSchema = TSchema> {
  type: string;
  topic: string;
  data: Data;
}

/** What a handler of the event receives. */
export type PayloadOf<Event extends EventContract> = Static<Event['data']>;
