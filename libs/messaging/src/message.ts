/** An event on its way: a CloudEvents 1.0 envelope, and where it goes. */
export interface Message {
  /** The same for every copy of the event: what the inbox knows it by. */
  id: string;
  topic: string;
  /** Messages with the same key arrive in the order in which they were published. */
  key: string;
  type: string;
  /** The service that says so. */
  source: string;
  /** When it happened, ISO 8601. */
  time: string;
  data: unknown;
  /** W3C trace context of the producer's span. */
  traceparent?: string;
  /** CloudEvents extension attributes (lower case names); a dead letter carries its story here. */
  extensions?: Readonly<Record<string, string>>;
}

/** The circumstances under which a handler has a message. */
export interface Delivery {
  /** Aborted when the message is no longer ours, or we are leaving: stop waiting, and throw. */
  signal: AbortSignal;
  /** Where the broker keeps it, for a person to find. */
  position: string;
}

export type Handler = (message: Message, delivery: Delivery) => Promise<void>;

/** A place in a consumer group, kept for ever: a broker that is away is waited for. */
export interface Subscription {
  /** Settled when it has joined its group for the first time. */
  joined: Promise<void>;
  /** Resolved after `stop`; rejected when something that cannot heal has ended it. */
  ended: Promise<void>;
  /** Whether it does its work, or at least keeps trying to. */
  alive(): boolean;
  /** Finishes the messages in hand and leaves the group. */
  stop(): Promise<void>;
}

/** What the services know of a broker. `conformance.ts` is the contract. */
export interface Bus {
  /** `messaging.system` of OpenTelemetry's conventions. */
  readonly system: string;
  /** Resolves when the broker has all of them safely. Their order is kept, per key. */
  publish(messages: readonly Message[]): Promise<void>;
  /**
   * Each group gets each message of its topics, at least once, in order per key; the members of a group share the work. A handler
   * that throws gets the message again, and its key waits. What was published before the group's first subscription comes too, as
   * far back as the broker remembers.
   */
  subscribe(group: string, topics: readonly string[], handler: Handler): Subscription;
  /** From now on nothing that is published to the topics is lost to the group, even while none of it is there. */
  declare(group: string, topics: readonly string[]): Promise<void>;
  /** Reads what waits for the group now, then returns; `keep` leaves it waiting. Not beside a subscription of the same group. */
  drain(group: string, topic: string, handler: Handler, options?: { keep?: boolean }): Promise<void>;
  /** Stops the subscriptions and lets go of the broker. */
  stop(): Promise<void>;
}
