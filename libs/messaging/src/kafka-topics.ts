import type { Kafka } from 'kafkajs';

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
      const admin = kafka.admin();
      try {
        await admin.connect();
        const { brokers } = await admin.describeCluster();
        const copies = Math.min(3, brokers.length);
        const configEntries = copies === 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
        await admin.createTopics({
          topics: missing.map((topic) => ({
            topic,
            numPartitions: PARTITIONS,
            replicationFactor: copies,
            configEntries,
          })),
        });
        for (const name of missing) known.add(name);
      } finally {
        await admin.disconnect();
      }
    },
  };
}
