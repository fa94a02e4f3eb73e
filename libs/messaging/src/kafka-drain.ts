import type { Kafka } from 'kafkajs';
import { fromRecord } from './kafka-records.ts';
import type { Handler } from './message.ts';

interface DrainOptions {
  kafka: Kafka;
  group: string;
  topic: string;
  handler: Handler;
  keep: boolean;
}

/** Partition → offset of the next message, for partitions where the group has something to read. */
async function waiting({ kafka, group, topic }: DrainOptions): Promise<Map<number, { next: bigint; end: bigint }>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const read = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return new Map(
      ends.flatMap(({ partition, low, high }) => {
        const start = read.get(partition) ?? -1n;
        const next = start < BigInt(low) ? BigInt(low) : start;
        return next < BigInt(high) ? [[partition, { next, end: BigInt(high) }]] : [];
      }),
    );
  } finally {
    await admin.disconnect();
  }
}

/** Reads up to where the topic ended when we began. */
export async function drainTopic(options: DrainOptions): Promise<void> {
  const { kafka, group, topic, handler, keep } = options;
  const left = await waiting(options);
  if (left.size === 0) return;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
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
          const range = left.get(partition);
          if (!isRunning() || !range || BigInt(record.offset) >= range.end) return;
          await handler(fromRecord(topic, partition, record), {
            signal,
            position: `${topic}/${partition}@${record.offset}`,
          });
          resolveOffset(record.offset);
          if (BigInt(record.offset) + 1n === range.end) left.delete(partition);
          await heartbeat();
        }
        if (left.size === 0) resolve();
      },
    });
    await done;
  } finally {
    await consumer.disconnect();
  }
}
