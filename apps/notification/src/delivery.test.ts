import { startTracing } from '@chandlery/telemetry';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { eventually } from './fixtures/eventually.ts';
import { type Answer, mailServer, says } from './fixtures/mail-server.ts';
import { mailTables, type Pace, worker } from './fixtures/queue.ts';

/** A worker, a mail server that answers so, and `count` mails for a reader who is known. */
async function given({ answer, count = 1, pace = {} }: { answer?: Answer; count?: number; pace?: Pace } = {}) {
  const tables = await mailTables();
  await tables.know();
  const queued = await Promise.all(Array.from({ length: count }, () => tables.queue()));
  const server = await mailServer(answer ? { answer } : {});
  return { ...tables, server, first: queued[0]!, ...worker(tables.mails, server.port, pace) };
}

test('a mail carries the id of its order, and a Message-ID made from its event', async () => {
  const { first, rows, server } = await given();
  const messageId = `<${first.eventId}@chandlery.example>`;
  await eventually(rows).toMatchObject([{ status: 'sent', attempts: 1, message_id: messageId, leased_until: null }]);
  const [mail] = server.given;
  expect(mail?.to).toBe('ada@example.org');
  expect(mail?.header('to')).toBe('Ada Lovelace <ada@example.org>');
  expect(mail?.header('from')).toBe('Chandlery <shop@chandlery.example>');
  expect(mail?.header('message-id')).toBe(messageId);
  expect(mail?.header('x-order-id')).toBe(first.orderId);
  expect(mail?.raw).toMatch(/\n\nThank you\n/);
});

test('a mail whose answer was lost goes out again with the same Message-ID', async () => {
  const { first, statuses, server } = await given({
    answer: (attempt, hangUp) => (attempt === 1 ? hangUp() : undefined),
  });
  await eventually(statuses).toEqual(['sent']);
  const ids = server.given.map((mail) => mail.header('message-id'));
  expect(ids).toEqual(Array(2).fill(`<${first.eventId}@chandlery.example>`));
});

test('mails outlast a mail server that is away', async () => {
  const { know, queue, mails, rows, statuses } = await mailTables();
  const { port, close } = await mailServer();
  await close();
  await Promise.all([know(), queue(), queue(), queue()]);
  const { logged } = worker(mails, port);
  await eventually(async () => Math.min(...(await rows()).map((row) => row.attempts))).toBeGreaterThan(2);
  const waiting = { status: 'queued', last_error: 'no answer from the mail server: ESOCKET' };
  expect(await rows()).toMatchObject([waiting, waiting, waiting]);
  expect(logged()).toMatch(/"outcome":"unavailable"/);
  const server = await mailServer({ port });
  await eventually(statuses).toEqual(['sent', 'sent', 'sent']);
  expect(server.given).toHaveLength(3);
});

test('a mail that the server puts off is tried again', async () => {
  const answer = (attempt: number) => {
    if (attempt < 3) throw says(451);
  };
  const { rows } = await given({ answer });
  await eventually(rows).toMatchObject([{ status: 'sent', attempts: 3, last_error: null }]);
});

test('a mail that the server refuses has failed, for a reason without an address, and holds no other up', async () => {
  const answer = (attempt: number) => {
    if (attempt === 1) throw says(554);
  };
  const { statuses, rows, logged, stop } = await given({ answer, count: 2, pace: { concurrency: 1 } });
  await eventually(async () => (await statuses()).sort()).toEqual(['failed', 'sent']);
  await stop();
  const refused = (await rows()).find(({ status }) => status === 'failed');
  expect(refused).toMatchObject({ last_error: 'the mail server answered 554 to DATA', attempts: 1 });
  const lines = logged();
  expect(lines).toMatch(/"outcome":"failed"/);
  expect(lines).not.toMatch(/example\.org/);
});

test('a mail server that never answers is left, and the mail tried again', async () => {
  const answer = (attempt: number) => (attempt === 1 ? new Promise<void>(() => undefined) : undefined);
  const { rows } = await given({ answer, pace: { timeoutMs: 600 } });
  await eventually(rows).toMatchObject([{ status: 'sent', attempts: 2 }]);
});

test("the send is part of its order's trace, and no span holds an address", async () => {
  const exporter = new InMemorySpanExporter();
  const tracing = startTracing('notification', { processors: [new SimpleSpanProcessor({ exporter })] });
  const traceId = 'a'.repeat(32);
  const { know, queue, mails, statuses } = await mailTables();
  await Promise.all([know(), queue({ traceparent: `00-${traceId}-${'b'.repeat(16)}-01` })]);
  const answer = (attempt: number) => {
    if (attempt === 1) throw says(451);
  };
  const { logged, stop } = worker(mails, (await mailServer({ answer })).port);
  await eventually(statuses).toEqual(['sent']);
  await stop();
  const spans = exporter.getFinishedSpans().filter((span) => span.name.startsWith('mail '));
  expect(spans.map((span) => span.name)).toEqual(['mail send', 'mail deliver', 'mail send', 'mail deliver']);
  expect(logged().match(new RegExp(`"trace_id":"${traceId}"`, 'g'))).toHaveLength(2);
  for (const span of spans) {
    expect(span.spanContext().traceId).toBe(traceId);
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toMatch(/example\.org/);
  }
  await tracing.stop();
});
