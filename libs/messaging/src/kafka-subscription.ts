import type { Logger } from '@chandlery/telemetry';
import type { Kafka } from 'kafkajs';
import { kafkaAway } from './kafka-away.ts';
import { eachBatch } from './kafka-batch.ts';
import type { KafkaTopics } from './kafka-topics.ts';
import type { Handler, Subscription } from './message.ts';
import { persist } from './persist.ts';

export interface KafkaSubscriptionOptions {
  kafka: Kafka;
  topics: KafkaTopics;
  group: string;
  names: readonly string[];
  handler: Handler;
  log: Logger;
  sessionTimeoutMs: number;
}

/** Handlers at once, at the most: each holds a connection to the service's database. */
const PARTITIONS_AT_ONCE = 4;

/**
 * A member of the group, made anew after each crash: kafkajs' own restart gives up in silence on what it takes for permanent, and goes on
 * for ever with what is.
 */
export function kafkaSubscription(options: KafkaSubscriptionOptions): Subscription {
  const { log, sessionTimeoutMs } = options;
  const stopping = new AbortController();
  const joined = Promise.withResolvers<void>();
  let beat = Date.now();
  const signs = { onBeat: () => (beat = Date.now()), onJoin: joined.resolve };

  const session = () => {
    signs.onBeat();
    return membership(options, signs, stopping.signal);
  };
  const ended = persist(session, { signal: stopping.signal, log, away: kafkaAway });
  ended.catch(joined.reject);
  joined.promise.catch(() => undefined);
  return {
    joined: joined.promise,
    ended,
    alive: () => Date.now() - beat < 2 * sessionTimeoutMs,
    async stop() {
      stopping.abort();
      await ended.catch(() => undefined);
      joined.resolve();
    },
  };
}

interface Signs {
  onBeat: () => void;
  onJoin: () => void;
}

/** One membership, from joining until `stopping`; rejects with what crashed it. */
async function membership(
  options: KafkaSubscriptionOptions,
  { onBeat, onJoin }: Signs,
  stopping: AbortSignal,
): Promise<void> {
  const { kafka, topics, group, names, handler, sessionTimeoutMs } = options;
  await topics.ensure(names);
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
    rebalanceTimeout: 60_000,
    maxBytesPerPartition: 262_144, // a batch is done well within the session
    maxWaitTimeInMs: 200, // while it waits, a member neither leaves nor rejoins
    metadataMaxAge: 30_000, // so soon it sees that a topic has more partitions than it thought
    allowAutoTopicCreation: false,
    readUncommitted: false,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5, restartOnFailure: async () => false },
  });
  const { promise: over, resolve: leave, reject: crash } = Promise.withResolvers<void>();
  const { HEARTBEAT, FETCH, GROUP_JOIN, CRASH } = consumer.events;
  for (const event of [HEARTBEAT, FETCH, GROUP_JOIN] as const) consumer.on(event, onBeat);
  consumer.on(GROUP_JOIN, onJoin);
  consumer.on(CRASH, ({ payload }) => crash(payload.error));
  over.catch(() => undefined); // a crash can come before anyone waits for it
  stopping.addEventListener('abort', () => leave(), { once: true });
  try {
    stopping.throwIfAborted();
    await consumer.connect();
    await consumer.subscribe({ topics: [...names], fromBeginning: true });
    await consumer.run({
      eachBatch: eachBatch({ group, handler, stopping, log: options.log, onBeat }),
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      autoCommitInterval: 1_000,
    });
    await over;
  } finally {
    await consumer.disconnect().catch(() => undefined); // the session timeout says goodbye for us
  }
}
