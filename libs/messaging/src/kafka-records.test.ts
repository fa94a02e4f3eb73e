import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { fromRecord, toRecord } from './kafka-records.ts';

const record = (
  fields: Pick<KafkaMessage, 'value'> & { key?: Buffer; headers?: Record<string, Buffer> },
): KafkaMessage => ({
  key: null,
  timestamp: '1700000000000',
  attributes: 0,
  offset: '7',
  headers: {},
  ...fields,
});
const bytes = (text: string) => Buffer.from(text);

test('a message is the same after its way through a record', () => {
  const message = {
    id: 'id',
    topic: 'order',
    key: 'o1',
    type: 'order.paid.v1',
    source: 'order',
    time: '2026-11-20T00:00:00.000Z',
    data: { orderId: 'o1', name: 'Žižka ⚓' },
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    extensions: { deathreason: 'a bug' },
  };
  const { key, value, headers = {} } = toRecord(message);
  expect(headers).toMatchObject({
    ce_specversion: '1.0',
    ce_type: 'order.paid.v1',
    'content-type': 'application/json',
  });
  const onTheWire = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, bytes(String(text))]));
  expect(
    fromRecord('order', 3, record({ key: bytes(String(key)), value: bytes(String(value)), headers: onTheWire })),
  ).toEqual(message);
});

test('a record of someone else becomes a message that nobody handles', () => {
  const message = fromRecord('order', 3, record({ value: bytes('{not json') }));
  expect(message).toMatchObject({ id: 'order/3@7', key: '', type: 'unknown', data: '{not json' });
  expect(message.time).toBe('2023-11-14T22:13:20.000Z');
});
