import { connect } from 'node:net';
import { logger } from '@chandlery/telemetry';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { readers } from '../../libs/messaging/src/bury.ts';
import { kafkaBus } from '../../libs/messaging/src/kafka.ts';
import type { Message } from '../../libs/messaging/src/message.ts';
import type { DeadLetter } from './dead-letters.ts';
import { query } from './sources.ts';

const letterOf = (place: string, { type, key, extensions, traceparent }: Message): DeadLetter => ({
  place,
  type,
  key,
  reason: extensions?.deathreason ?? null,
  trace: traceparent?.split('-')[1] ?? null,
});

/** The dead letters that wait in the queues of pg-boss, where PostgreSQL is the broker; they are read, and left alone. */
export async function inPostgres(url: string): Promise<DeadLetter[]> {
  const waiting = await query<{ name: string; data: Message }>(
    url,
    `select name, data from pgboss.job where name like '%.dlq/%' and state in ('created', 'retry') order by id`,
  );
  return waiting.map(({ name, data }) => letterOf(name, data));
}

export interface KafkaAddress {
  brokers: readonly string[];
  /** A port of this machine that leads to the broker, where its own address is not known here. */
  through?: number;
}

/** The dead letters that wait in Kafka: read by the group that replays them, without a commit, so they go on waiting for it. */
export async function inKafka({ brokers, through }: KafkaAddress): Promise<DeadLetter[]> {
  const way: Pick<KafkaConfig, 'socketFactory'> = through
    ? { socketFactory: ({ onConnect }) => connect(through, '127.0.0.1', onConnect) }
    : {};
  const admin = new Kafka({ clientId: 'audit', brokers: [...brokers], logLevel: logLevel.NOTHING, ...way }).admin();
  const bus = kafkaBus({ brokers, clientId: 'audit', log: logger('audit', 'silent'), ...way });
  const letters: DeadLetter[] = [];
  try {
    await admin.connect();
    for (const topic of (await admin.listTopics()).sort()) {
      const [, group] = topic.match(/\.([^.]+)\.dlq$/) ?? [];
      const keep = async (message: Message) => void letters.push(letterOf(topic, message));
      if (group) await bus.drain(readers(group), topic, keep, { keep: true });
    }
    return letters;
  } finally {
    await Promise.all([admin.disconnect(), bus.stop()]);
  }
}
