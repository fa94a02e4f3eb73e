import type { Backoff } from '@chandlery/resilience';
import type { Logger } from '@chandlery/telemetry';
import { retryTopic } from './bury.ts';
import { handling } from './handling.ts';
import { forget } from './inbox.ts';
import type { Bus, Subscription } from './message.ts';
import type { On } from './on.ts';
import { reason } from './persist.ts';
import type { AnyDatabase } from './transactions.ts';

export interface ConsumerOptions {
  bus: Bus;
  /** The service's database; its inbox is there. */
  db: AnyDatabase;
  /** The service's name. Its replicas share the work. */
  group: string;
  handlers: readonly On[];
  log: Logger;
  /** Tries of one message, before it becomes a dead letter. */
  attempts?: number;
  backoff?: Backoff;
  /** What to do when consuming has ended and cannot heal; by default that is a bug, and ends the process. */
  onFatal?: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;

/**
 * Brings the messages of the topics to their handlers: each applied once, those of a key in order. A message whose handler fails for a
 * passing reason is tried again where it stands, and its key waits with it (in Kafka its partition): to send it round by a retry topic
 * would let later ones overtake it. One that fails for good goes to the dead letters with its reason, and its key goes on.
 */
export function consumer(options: ConsumerOptions) {
  const { bus, db, group, handlers, log, onFatal = fatal } = options;
  const topics = [...new Set(handlers.map(({ event }) => event.topic))];
  let subscription: Subscription | undefined;
  let forgetting: NodeJS.Timeout | undefined;
  return {
    name: `consumer ${group}`,
    /** Returns at once: a broker that is away keeps no service from starting. */
    start(): void {
      subscription = bus.subscribe(
        group,
        topics.flatMap((topic) => [topic, retryTopic(topic, group)]),
        handling(options),
      );
      subscription.ended.catch(onFatal);
      forgetting = setInterval(
        () => forget(db, group).catch((error) => log.warn({ reason: reason(error) }, 'old inbox rows stay')),
        HOUR_MS,
      ).unref();
    },
    /** Finishes the messages in hand. */
    async stop(): Promise<void> {
      clearInterval(forgetting);
      await subscription?.stop();
    },
    /** Whether it consumes or, where the broker is away, keeps trying to. */
    alive: (): boolean => subscription?.alive() ?? true,
  };
}

function fatal(error: unknown): never {
  throw error;
}
