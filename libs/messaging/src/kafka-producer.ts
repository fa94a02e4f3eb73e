import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import { toRecord } from './kafka-records.ts';
import type { KafkaTopics } from './kafka-topics.ts';
import type { Message } from './message.ts';

/** One idempotent producer. After a failure it is thrown away: a producer whose sequence numbers are in doubt never recovers. */
export function kafkaProducer(kafka: Kafka, topics: KafkaTopics) {
  let current: Promise<Producer> | undefined;

  async function connected(): Promise<Producer> {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 8 },
    });
    await producer.connect();
    return producer;
  }

  async function discard(): Promise<void> {
    const producer = current;
    current = undefined;
    await producer?.then((it) => it.disconnect()).catch(() => undefined); // it is of no use any more, however it ends
  }

  return {
    async publish(messages: readonly Message[]): Promise<void> {
      if (messages.length === 0) return;
      const byTopic = Map.groupBy(messages, ({ topic }) => topic);
      await topics.ensure([...byTopic.keys()]);
      try {
        current ??= connected();
        const topicMessages = [...byTopic].map(([topic, some]) => ({ topic, messages: some.map(toRecord) }));
        await (await current).sendBatch({ topicMessages, acks: -1 });
      } catch (error) {
        await discard();
        throw error;
      }
    },
    stop: discard,
  };
}
