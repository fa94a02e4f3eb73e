import { span, traceparent } from '@chandlery/telemetry';
import type { Bus, Message } from './message.ts';

export interface OutboxRow {
  position: number;
  id: string;
  topic: string;
  key: string;
  type: string;
  data: unknown;
  traceparent: string | null;
  created_at: Date;
}

/**
 * Publishes the rows together, each under a span of its own: child of the span in which the event happened, parent of those that will
 * handle it.
 */
export async function publishing(rows: readonly OutboxRow[], source: string, bus: Bus): Promise<void> {
  const messages: Message[] = [];
  const published = Promise.withResolvers<void>();
  const spans = rows.map((row) =>
    span(`send ${row.topic}`, spanOptions(row, bus), async () => {
      messages.push(toMessage(row, source, traceparent() ?? row.traceparent));
      await published.promise;
    }),
  );
  bus.publish(messages).then(published.resolve, published.reject);
  await Promise.all(spans);
}

const spanOptions = ({ topic, id, type, traceparent: parent }: OutboxRow, { system }: Bus) => ({
  kind: 'PRODUCER' as const,
  parent: parent ?? undefined,
  attributes: {
    'messaging.system': system,
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'messaging.message.id': id,
    'cloudevents.event_type': type,
  },
});

const toMessage = (
  { id, topic, key, type, data, created_at }: OutboxRow,
  source: string,
  trace: string | null,
): Message => ({
  id,
  topic,
  key,
  type,
  source,
  time: created_at.toISOString(),
  data,
  ...(trace && { traceparent: trace }),
});
