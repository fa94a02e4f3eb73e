/** The bus over Kafka. All that is known of kafkajs is in the files named `kafka*`, so that another client is a change of these. */
import type { Logger } from '@chandlery/telemetry';
import { type ISocketFactory, Kafka } from 'kafkajs';
import { drainTopic } from './kafka-drain.ts';
import { kafkaLog } from './kafka-log.ts';
import { kafkaProducer } from './kafka-producer.ts';
import './kafka-requests.ts';
import { kafkaSubscription } from './kafka-subscription.ts';
import { kafkaTopics } from './kafka-topics.ts';
import type { Bus, Subscription } from './message.ts';

export interface KafkaBusOptions {
  brokers: readonly string[];
  clientId: string;
  log: Logger;
  /** After so long without a sign of life a consumer's partitions pass to others. */
  sessionTimeoutMs?: number;
  /** How to reach a broker, where that is not by a plain connection to its address. */
  socketFactory?: ISocketFactory;
}

export function kafkaBus({ brokers, clientId, log, sessionTimeoutMs = 45_000, socketFactory }: KafkaBusOptions): Bus {
  const kafka = new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 },
    logCreator: kafkaLog(log),
    ...(socketFactory && { socketFactory }),
  });
  const topics = kafkaTopics(kafka);
  const producer = kafkaProducer(kafka, topics);
  const subscriptions = new Set<Subscription>();

  return {
    system: 'kafka',

    publish: producer.publish,

    declare: (_group, names) => topics.ensure(names),

    subscribe(group, names, handler) {
      const subscription = kafkaSubscription({ kafka, topics, group, names, handler, log, sessionTimeoutMs });
      subscriptions.add(subscription);
      return subscription;
    },

    async drain(group, topic, handler, { keep = false } = {}) {
      await topics.ensure([topic]);
      await drainTopic({ kafka, group, topic, handler, keep });
    },

    async stop() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await producer.stop();
    },
  };
}
