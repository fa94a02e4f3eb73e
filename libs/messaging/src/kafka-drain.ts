import type { Kafka } from 'kafkajs';
import { fromRecord } from './kafka-records.ts';
import { asAdmin, settled } from './kafka-topics.ts';
import type { Handler } from './message.ts';

interface DrainOptions {
  kafka: Kafka;
  group: string;
  topic: string;
  handler: Handler;
  keep: boolean;
}

/** Partition → where the topic ends now, for partitions where the group has something to read. */
const waiting = ({ kafka, group, topic }: DrainOptions): Promise<Map<number, bigint>> =>
  asAdmin(kafka, async (admin) => {
    const ends = await settled(() => admin.fetchTopicOffsets(topic));
    const [committed] = await settled(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const read = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    const unread = ends.filter(({ partition, low, high }) => {
      const next = read.get(partition) ?? -1n;
      return BigInt(low) < BigInt(high) && next < BigInt(high);
    });
    return new Map(unread.map(({ partition, high }) => [partition, BigInt(high)]));
  });

/** Reads up to where the topic ended when we began. */
export async function drainTopic(options: DrainOptions): Promise<void> {
  const { kafka, group, topic, handler, keep } = options;
  const left = await waiting(options);
  if (left.size === 0) return;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined); // a crash can come before anyone waits for it
  const consumer = kafka.consumer({
    groupId: group,
    maxWaitTimeInMs: 200,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: async () => false },
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: !keep,
      eachBatchAutoResolve: false,
      async eachBatch({ batch: { partition, messages }, resolveOffset, heartbeat, isRunning }) {
        const signal = new AbortController().signal;
        for (const record of messages) {
          const end = left.get(partition);
          if (!isRunning() || end === undefined || BigInt(record.offset) >= end) return;
          await handler(fromRecord(topic, partition, record), {
            signal,
            position: `${topic}/${partition}@${record.offset}`,
          });
          resolveOffset(record.offset);
          if (BigInt(record.offset) + 1n === end && left.delete(partition) && left.size === 0) resolve();
          await heartbeat();
        }
      },
    });
    await done;
  } finally {
    await consumer.disconnect();
  }
}
