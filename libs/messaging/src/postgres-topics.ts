import type { Message } from './message.ts';
import { jobs } from './postgres-queues.ts';
import { inTransaction, type PostgresServer } from './postgres-server.ts';

/** The channel on which sleeping subscriptions hear that their queue (the payload) has something. */
export const CHANNEL = 'bus';

/** Puts the messages into the queue of every group of their topic, and into the topic's memory: all or none. */
export async function publishTo(server: PostgresServer, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const boss = await server.boss();
  const topics = Map.groupBy(messages, ({ topic }) => topic);
  await inTransaction(boss, async (tx) => {
    // without it a group could join between our look at the groups and our commit, and miss these messages
    await tx.executeSql('lock table reader in share mode');
    const { rows } = await tx.executeSql('select topic, queue from reader where topic = any($1)', [[...topics.keys()]]);
    for (const { topic, queue } of rows) await boss.insert(queue, jobs(topics.get(topic) ?? []), { db: tx });
    await tx.executeSql(
      `insert into log (topic, message)
       select message->>'topic', message from jsonb_array_elements($1::jsonb) with ordinality as published (message, place)
       order by place`,
      [JSON.stringify(messages)],
    );
    await tx.executeSql('select pg_notify($1, queue) from unnest($2::text[]) queue', [
      CHANNEL,
      rows.map(({ queue }) => queue),
    ]);
  });
}
