import { type Static, type TSchema, Type } from 'typebox';

/** An event's contract. Producer and consumer import the same value. */
export interface EventType<Data extends TSchema = TSchema> {
  /** `owner.fact.vN`, the CloudEvents `type`. */
  type: string;
  /** Where it is published: one topic an owner, so that all events of one aggregate stay in order. */
  topic: string;
  data: Data;
}

/** What a consumer of `Event` receives. */
export type Payload<Event> = Event extends EventType<infer Data> ? Static<Data> : never;

/** Declares an event; fields may be added later, never taken away or changed. */
export const event = <Data extends TSchema>(type: `${string}.${string}.v${number}`, data: Data): EventType<Data> => ({
  type,
  topic: type.slice(0, type.indexOf('.')),
  data,
});

/** An amount in minor units (cents). */
export const Money = Type.Object({ amount: Type.Integer(), currency: Type.String() });
