import type { IHeaders, KafkaMessage, Message as KafkaRecord } from 'kafkajs';
import type { Message } from './message.ts';

/** A CloudEvent as a Kafka record, in the binary mode of the CloudEvents Kafka binding 1.0. */
export function toRecord({ id, key, type, source, time, data, traceparent, extensions = {} }: Message): KafkaRecord {
  const attributes = { specversion: '1.0', id, type, source, time, ...extensions };
  const headers: IHeaders = { 'content-type': 'application/json', ...(traceparent && { traceparent }) };
  for (const [name, value] of Object.entries(attributes)) headers[`ce_${name}`] = value;
  return { key, value: JSON.stringify(data), headers };
}

/** The other way. A record that is no CloudEvent of ours still becomes a message, of a type that nobody handles. */
export function fromRecord(
  topic: string,
  partition: number,
  { key, value, headers, offset, timestamp }: KafkaMessage,
): Message {
  const texts = new Map(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
  const traceparent = texts.get('traceparent');
  const {
    specversion: _,
    id,
    type,
    source,
    time,
    ...extensions
  } = Object.fromEntries([...texts].flatMap(([name, text]) => (name.startsWith('ce_') ? [[name.slice(3), text]] : [])));
  return {
    id: id ?? `${topic}/${partition}@${offset}`,
    topic,
    key: key?.toString() ?? '',
    type: type ?? 'unknown',
    source: source ?? 'unknown',
    time: time ?? new Date(Number(timestamp)).toISOString(),
    data: parsed(value?.toString() ?? 'null'),
    ...(traceparent && { traceparent }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

/** Text that is no JSON is handed on as text: it will not fit the event's schema, and so finds its way to the dead letters. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
