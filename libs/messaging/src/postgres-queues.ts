import type { PgBoss } from 'pg-boss';
import { v7 } from 'uuid';
import type { Message } from './message.ts';
import { inTransaction, LEASE_SECONDS, type PostgresServer } from './postgres-server.ts';

/** What pg-boss carries: the CloudEvent in JSON. */
export type Envelope = Message & { specversion: '1.0' };

/** Jobs in the order of `messages`: pg-boss breaks the tie of one instant by id, and a process' UUIDv7s rise. */
export const jobs = (messages: readonly Message[]) =>
  messages.map((message) => ({ id: v7(), singletonKey: message.key, data: { specversion: '1.0', ...message } }));

const queueOptions = {
  policy: 'key_strict_fifo',
  heartbeatSeconds: LEASE_SECONDS,
  // the consumer decides when a message is given up, and says so to the dead letters; the queue never does
  retryLimit: 2 ** 31 - 1,
  retryDelay: 0,
  expireInSeconds: 24 * 3_600,
  retentionSeconds: 365 * 24 * 3_600,
} as const;

/** Makes the queues of groups, once. */
export function queues(server: PostgresServer) {
  const known = new Set<string>();

  async function declareOne(group: string, topic: string): Promise<string> {
    const queue = `${topic}/${group}`;
    if (known.has(queue)) return queue;
    const boss = await server.boss();
    await boss.createQueue(queue, queueOptions);
    await inTransaction(boss, async (tx) => {
      const { rows } = await tx.executeSql(
        'insert into reader (topic, consumer, queue) values ($1, $2, $3) on conflict do nothing returning queue',
        [topic, group, queue],
      );
      if (rows.length > 0) await catchUp(boss, tx, topic, queue);
    });
    known.add(queue);
    return queue;
  }

  return {
    /** The group's queues, in the order of the topics. A new one gets what its topic remembers. */
    declare: (group: string, topics: readonly string[]) => Promise.all(topics.map((topic) => declareOne(group, topic))),
  };
}

/** Nobody can publish in between: publishers lock `reader` against new rows (`publishTo`). */
async function catchUp(boss: PgBoss, tx: ReturnType<PgBoss['getDb']>, topic: string, queue: string): Promise<void> {
  for (let last = 0; ; ) {
    const { rows } = await tx.executeSql(
      'select position, message from log where topic = $1 and position > $2 order by position limit 500',
      [topic, last],
    );
    if (rows.length === 0) return;
    await boss.insert(queue, jobs(rows.map((row) => row.message)), { db: tx });
    last = rows.at(-1).position;
  }
}
