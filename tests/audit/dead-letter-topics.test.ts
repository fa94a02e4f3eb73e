import { logger } from '@chandlery/telemetry';
import { testDatabase, testKafka } from '@chandlery/testing';
import { expect, onTestFinished, test } from 'vitest';
import { bury } from '../../libs/messaging/src/bury.ts';
import { kafkaBus } from '../../libs/messaging/src/kafka.ts';
import type { Bus, Message } from '../../libs/messaging/src/message.ts';
import { postgresBus } from '../../libs/messaging/src/postgres.ts';
import { inKafka, inPostgres } from './dead-letter-topics.ts';

const log = logger('audit', 'silent');
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const message: Message = {
  id: 'event-1',
  topic: 'order',
  key: 'order-1',
  type: 'order.paid.v1',
  source: 'order',
  time: '2026-01-01T00:00:00Z',
  data: {},
  traceparent: `00-${trace}-00f067aa0ba902b7-01`,
};

/** Gives up `message` as a consumer does. */
async function giveUp(bus: Bus, group: string): Promise<void> {
  onTestFinished(() => bus.stop());
  const death = { error: new TypeError('no total'), attempts: 5, position: 'order#1' };
  const consumer = { bus, group, log, handlers: [], db: undefined as never };
  await bury(consumer, message, death, new AbortController().signal);
}

const letter = { type: 'order.paid.v1', key: 'order-1', reason: 'TypeError: no total', trace };

test('finds what a consumer has given up in PostgreSQL, and leaves it there', async () => {
  const url = await testDatabase();
  await giveUp(postgresBus({ url, log }), 'notification');
  const found = [{ ...letter, place: 'order.notification.dlq/notification.replay' }];
  expect(await inPostgres(url)).toEqual(found);
  expect(await inPostgres(url)).toEqual(found);
});

const broker = testKafka();

test.skipIf(!broker)('finds what a consumer has given up in Kafka, and leaves it there', async () => {
  const brokers = [broker ?? ''];
  const group = `audit-${Date.now()}`;
  await giveUp(kafkaBus({ brokers, clientId: 'test', log }), group);
  const found = { ...letter, place: `order.${group}.dlq` };
  expect(await inKafka({ brokers })).toContainEqual(found);
  expect(await inKafka({ brokers })).toContainEqual(found);
});
