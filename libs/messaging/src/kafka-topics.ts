import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { kafkaAway } from './kafka-away.ts';

/** Enough for six consumers of a group; more would cost each broker and each rebalance. */
const PARTITIONS = 6;

export type KafkaTopics = ReturnType<typeof kafkaTopics>;

/** Makes topics, once; those which exist are left as they are. */
export function kafkaTopics(kafka: Kafka) {
  const known = new Set<string>();

  return {
    async ensure(names: readonly string[]): Promise<void> {
      const missing = [...new Set(names)].filter((name) => !known.has(name));
      if (missing.length === 0) return;
      await asAdmin(kafka, async (admin) => {
        const { brokers } = await admin.describeCluster();
        const replicationFactor = Math.min(3, brokers.length);
        const configEntries = replicationFactor === 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
        const topics = missing.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor, configEntries }));
        await admin.createTopics({ topics, waitForLeaders: false });
        await led(admin, missing);
      });
      for (const name of missing) known.add(name);
    },
  };
}

/** Also where another has just made the topic: a consumer that joins before its partitions have leaders gets none of them. */
const led = (admin: Admin, names: string[]) =>
  settled(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const ready = topics.every(
      ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
    );
    return ready || undefined;
  });

/** Asks again for up to ten seconds, while the cluster is in the middle of something: the answer, once there is one. */
export async function settled<T>(question: () => Promise<T | undefined>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      const answer = await question();
      if (answer !== undefined) return answer;
      if (left === 0) throw new Error('the topics have no leaders');
    } catch (error) {
      if (left === 0 || !kafkaAway(error)) throw error;
    }
    await delay(100);
  }
}

/** Runs `work` with an administrator's connection, which is closed afterwards. */
export async function asAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
