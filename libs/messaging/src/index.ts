/**
 * Events between services. They leave by the outbox, in the transaction of their cause, and have their effect once, by the inbox, in the
 * transaction of that effect. In between there is a `Bus`: Kafka, or PostgreSQL where there is nothing else.
 */
export { type BusSettings, bus } from './bus.ts';
export { type ConsumerOptions, consumer } from './consumer.ts';
export { type DeadLetter, deadLetters } from './dead-letters.ts';
export type { Bus, Delivery, Handler, Message, Subscription } from './message.ts';
export { messagingMigrations } from './migrations.ts';
export { type HandlerContext, type On, on } from './on.ts';
export { add } from './outbox.ts';
export { type RelayOptions, relay } from './relay.ts';
