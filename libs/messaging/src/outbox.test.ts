import { transaction } from '@chandlery/database';
import { setDefence } from '@chandlery/resilience';
import { registry, span, traceId } from '@chandlery/telemetry';
import { proxyTo } from '@chandlery/testing';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { log, numbers, postgresBroker, recorder, unique } from './broker-for-tests.ts';
import type { Bus } from './message.ts';
import { add } from './outbox.ts';
import { relay } from './relay.ts';
import { consuming, counted, effects, relaying, serviceDatabase, writing } from './service-for-tests.ts';
import { spans } from './spans-for-tests.ts';

const soon = { timeout: 15_000, interval: 10 };

const broker = postgresBroker();

/** A service with an outbox, a broker, and someone who listens to the event. */
async function given() {
  const [service, line, event, got] = [await serviceDatabase(), await broker(), counted(), recorder()];
  const bus = line.connect();
  await bus.subscribe(unique('listener'), [event.topic], got.handler).joined;
  const emit = (...values: number[]) =>
    transaction(service.db, async (tx) => {
      for (const number of values) await add(tx, event, 'a', { number });
    });
  const pending = async () => (await service.db.selectFrom('outbox').selectAll().execute()).length;
  const received = () => got.data().map((data) => (data as { number: number }).number);
  return { ...service, broker: line, bus, event, got, emit, pending, received };
}

test('what is committed is published in order, at once, and leaves the outbox', async () => {
  const { url, bus, emit, pending, received, got, event } = await given();
  relaying({ url, bus, pollMs: 60_000 });
  await emit(0, 1);
  await vi.waitFor(() => expect(received()).toEqual([0, 1]), soon);
  await emit(2);
  await vi.waitFor(() => expect(received()).toEqual([0, 1, 2]), soon);
  await vi.waitFor(async () => expect(await pending()).toBe(0), soon);
  expect(got.all[0]).toMatchObject({ source: 'test', type: event.type, key: 'a', time: expect.stringMatching(/Z$/) });
  expect(got.all[0]?.id).toMatch(/^[0-9a-f-]{13}-7/);
});

test('what is rolled back is not published', async () => {
  const { url, db, bus, event, emit, received } = await given();
  relaying({ url, bus });
  const failed = transaction(db, async (tx) => {
    await add(tx, event, 'a', { number: 1 });
    throw new Error('the order cannot be');
  });
  await expect(failed).rejects.toThrow('cannot be');
  await emit(2);
  await vi.waitFor(() => expect(received()).toEqual([2]), soon);
});

test('with the outbox switched off the broker is told beside the transaction: of what is rolled back too', async () => {
  setDefence('outbox', false);
  onTestFinished(() => setDefence('outbox', true));
  const { url, db, bus, event, emit, received, pending } = await given();
  relaying({ url, bus });
  await emit(1);
  const failed = transaction(db, async (tx) => {
    await add(tx, event, 'a', { number: 2 });
    throw new Error('the order cannot be');
  });
  await expect(failed).rejects.toThrow('cannot be');
  await vi.waitFor(() => expect(received().toSorted()).toEqual([1, 2]), soon);
  expect(await pending()).toBe(0);
});

test('a payload that breaks its contract throws at its producer', async () => {
  const { db, event, pending } = await given();
  const bad = { number: 'one' } as unknown as { number: number };
  await expect(transaction(db, (tx) => add(tx, event, 'a', bad))).rejects.toThrow('/number must be integer');
  expect(await pending()).toBe(0);
});

test('a backlog of many batches leaves in order', async () => {
  const { url, bus, emit, received } = await given();
  await emit(...numbers(95));
  relaying({ url, bus, batchSize: 10 });
  await vi.waitFor(() => expect(received()).toEqual(numbers(95)), soon);
});

test('a relay that dies between publishing and deleting publishes twice, and the inbox absorbs it', async () => {
  const { url, db, bus, event, emit, pending, got } = await given();
  consuming({ bus, db, handlers: [writing(event)] });
  let deaths = 0;
  const deadly: Bus = {
    ...bus,
    async publish(messages) {
      await bus.publish(messages);
      if (deaths++ === 0) await killRelays(url);
    },
  };
  relaying({ url, bus: deadly });
  await emit(1);
  await vi.waitFor(() => expect(got.all).toHaveLength(2), soon);
  expect(got.all[1]?.id).toBe(got.all[0]?.id);
  await emit(2);
  await vi.waitFor(async () => expect(await effects(db)).toEqual([1, 2]), soon);
  await vi.waitFor(async () => expect(await pending()).toBe(0), soon);
});

test('of two relays one works, and the other takes over when it dies', async () => {
  const { url, bus, emit, received } = await given();
  const workers: string[] = [];
  const named = (name: string): Bus => ({
    ...bus,
    async publish(messages) {
      workers.push(name);
      await bus.publish(messages);
    },
  });
  const first = relaying({ url, bus: named('first') });
  await emit(0);
  await vi.waitFor(() => expect(received()).toEqual([0]), soon);
  relaying({ url, bus: named('second') });
  for (const number of numbers(5, 1)) await emit(number);
  await vi.waitFor(() => expect(received()).toEqual(numbers(6)), soon);
  expect(new Set(workers)).toEqual(new Set(['first']));
  await first.stop();
  await emit(6);
  await vi.waitFor(() => expect(received()).toEqual(numbers(7)), soon);
  expect(workers.at(-1)).toBe('second');
});

test('events wait while the broker is away, and their age is told', async () => {
  const { url, broker, emit, received } = await given();
  const { bus, proxy } = await broker.behind();
  relaying({ url, bus });
  await emit(0);
  await vi.waitFor(() => expect(received()).toEqual([0]), soon);
  proxy.cut();
  await emit(1);
  const metric = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
  await vi.waitFor(async () => expect(await metric('outbox_age_seconds')).toBeGreaterThan(0.5), soon);
  expect(await metric('outbox_pending')).toBe(1);
  await proxy.mend();
  await vi.waitFor(() => expect(received()).toEqual([0, 1]), soon);
  await vi.waitFor(async () => expect(await metric('outbox_pending')).toBe(0), soon);
});

test('a relay whose connection is cut comes back', async () => {
  const { url, bus, emit, received } = await given();
  const proxy = await proxyTo(url);
  relaying({ url: proxy.url, bus });
  await emit(0);
  await vi.waitFor(() => expect(received()).toEqual([0]), soon);
  proxy.cut();
  await emit(1);
  await proxy.mend();
  await vi.waitFor(() => expect(received()).toEqual([0, 1]), soon);
});

test('stop waits for the batch in flight', async () => {
  const { url, bus, emit, pending } = await given();
  const published = Promise.withResolvers<void>();
  const slow = { ...bus, publish: vi.fn((messages) => bus.publish(messages).then(() => published.promise)) };
  const part = relay({ url, bus: slow, source: 'test', log });
  part.start();
  await emit(1);
  await vi.waitFor(() => expect(slow.publish).toHaveBeenCalled(), soon);
  const stopped = part.stop();
  expect(await pending()).toBe(1);
  published.resolve();
  await stopped;
  expect(await pending()).toBe(0);
});

test('one trace runs from the cause through the outbox to the handler', async () => {
  const seen = spans();
  const { url, db, bus, event, emit, got } = await given();
  relaying({ url, bus });
  consuming({ bus, db, group: unique('group'), handlers: [writing(event)] });
  const cause = await span('cause', {}, async (active) => {
    await emit(1);
    return { trace: traceId(), id: active.spanContext().spanId };
  });
  await vi.waitFor(() => expect(seen.named(`process ${event.topic}`)).toHaveLength(1), soon);
  await vi.waitFor(() => expect(got.all).toHaveLength(1), soon);
  const [sent] = seen.named(`send ${event.topic}`);
  const [handled] = seen.named(`process ${event.topic}`);
  expect(sent?.parentSpanContext?.spanId).toBe(cause.id);
  expect(handled?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  expect(handled?.spanContext().traceId).toBe(cause.trace);
  expect(sent?.attributes['messaging.message.id']).toBe(got.all[0]?.id);
});

/** Ends the relays' connections at the server, as a crash of their host would. */
async function killRelays(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  onTestFinished(() => client.end());
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'outbox relay'`,
  );
}
