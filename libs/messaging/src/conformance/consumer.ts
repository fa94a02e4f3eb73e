import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '@chandlery/errors';
import { setDefence } from '@chandlery/resilience';
import { proxyTo } from '@chandlery/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Broker, numbers, recorder, unique } from '../broker-for-tests.ts';
import { deadLetters } from '../dead-letters.ts';
import { on } from '../on.ts';
import {
  consuming,
  counted,
  countedMessage,
  databaseAt,
  effects,
  serviceDatabase,
  writing,
} from '../service-for-tests.ts';
import { spans } from '../spans-for-tests.ts';

const soon = { timeout: 15_000, interval: 20 };

/** What a consumer makes of an adapter: it must be the same over each. */
export function consumerConformance(given: () => Promise<Broker>): void {
  const setUp = async () => ({
    broker: await given(),
    event: counted(),
    group: unique('group'),
    ...(await serviceDatabase()),
  });
  once(setUp);
  deadMessages(setUp);
  retries(setUp);
}

type SetUp = () => Promise<
  Awaited<ReturnType<typeof serviceDatabase>> & { broker: Broker; event: ReturnType<typeof counted>; group: string }
>;

function once(setUp: SetUp): void {
  test('a message that comes three times has its effect once', async () => {
    const { broker, event, db } = await setUp();
    const bus = broker.connect();
    consuming({ bus, db, handlers: [writing(event)] });
    const again = countedMessage(event, 'a', { number: 1 });
    await bus.publish([again, again]);
    await bus.publish([again, countedMessage(event, 'a', { number: 2 })]);
    await vi.waitFor(async () => expect(await effects(db)).toEqual([1, 2]), soon);
  });

  test('with the inbox switched off it has its effect each time that it comes', async () => {
    setDefence('inbox', false);
    onTestFinished(() => setDefence('inbox', true));
    const { broker, event, db } = await setUp();
    const bus = broker.connect();
    consuming({ bus, db, handlers: [writing(event)] });
    const again = countedMessage(event, 'a', { number: 1 });
    await bus.publish([again, again, countedMessage(event, 'a', { number: 2 })]);
    await vi.waitFor(async () => expect(await effects(db)).toEqual([1, 1, 2]), soon);
  });

  test('two replicas share the work, and each message has its effect once', async () => {
    const { broker, event, db, group } = await setUp();
    for (const bus of [broker.connect(), broker.connect()]) consuming({ bus, db, group, handlers: [writing(event)] });
    await broker.connect().publish(numbers(60).map((number) => countedMessage(event, `key-${number % 7}`, { number })));
    await vi.waitFor(async () => expect((await effects(db)).sort((a, b) => a - b)).toEqual(numbers(60)), soon);
  });

  test('the trace of the producer goes on in the handler', async () => {
    const { broker, event, db, group } = await setUp();
    const bus = broker.connect();
    const seen = spans();
    consuming({ bus, db, group, handlers: [writing(event)] });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const message = { ...countedMessage(event, 'a', { number: 1 }), traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await bus.publish([message]);
    await vi.waitFor(() => expect(seen.named(`process ${event.topic}`)).toHaveLength(1), soon);
    const [span] = seen.named(`process ${event.topic}`);
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span?.attributes).toMatchObject({
      'messaging.destination.name': event.topic,
      'messaging.consumer.group.name': group,
      'messaging.message.id': message.id,
    });
  });
}

function deadMessages(setUp: SetUp): void {
  test('a poisonous message ends among the dead letters with its reason, and the rest goes on', async () => {
    const { broker, event, db, group } = await setUp();
    const bus = broker.connect();
    consuming({ bus, db, group, handlers: [writing(event)] });
    const poison = countedMessage(event, 'a', { number: 'one' });
    await bus.publish([countedMessage(event, 'a', { number: 0 }), poison, countedMessage(event, 'a', { number: 2 })]);
    await vi.waitFor(async () => expect(await effects(db)).toEqual([0, 2]), soon);
    const [letter, ...others] = await deadLetters({ bus, group, topics: [event.topic] }).list();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      message: poison,
      attempts: 1,
      reason: expect.stringContaining('/number must be integer'),
    });
    expect(letter?.position).toContain(event.topic);
    expect(Date.parse(letter?.time ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('a bug in a handler is not repeated, and undoes what the handler did', async () => {
    const { broker, event, db, group } = await setUp();
    const bus = broker.connect();
    const handle = vi.fn(async ({ number }: { number: number }, { tx }) => {
      await tx.insertInto('effect').values({ number }).execute();
      if (number === 1) throw new RangeError('out of cheese');
    });
    consuming({ bus, db, group, handlers: [on(event, handle)] });
    await bus.publish([1, 2].map((number) => countedMessage(event, 'a', { number })));
    await vi.waitFor(async () => expect(await effects(db)).toEqual([2]), soon);
    const [letter] = await deadLetters({ bus, group, topics: [event.topic] }).list();
    expect(letter?.reason).toBe('RangeError: out of cheese');
    expect(handle).toHaveBeenCalledTimes(2);
  });

  test('a replay reaches the group of the dead letter and no other, and has its effect once', async () => {
    const { broker, event, db, group } = await setUp();
    const bus = broker.connect();
    let broken = true;
    const mending = on(event, async ({ number }, { tx }) => {
      if (broken) throw new Error('a bug');
      await tx.insertInto('effect').values({ number }).execute();
    });
    const bystander = recorder();
    bus.subscribe(unique('bystander'), [event.topic], bystander.handler);
    consuming({ bus, db, group, handlers: [mending] });
    await bus.publish(numbers(3).map((number) => countedMessage(event, 'a', { number })));
    const letters = deadLetters({ bus, group, topics: [event.topic] });
    await vi.waitFor(async () => expect(await letters.list()).toHaveLength(3), soon);
    broken = false;
    expect(await letters.replay()).toBe(3);
    await vi.waitFor(async () => expect(await effects(db)).toEqual([0, 1, 2]), soon);
    expect(await letters.list()).toEqual([]);
    expect(await letters.replay()).toBe(0);
    expect(bystander.all).toHaveLength(3);
  });
}

function retries(setUp: SetUp): void {
  test('a passing failure is tried again where it stands, and later messages of the key wait', async () => {
    const { broker, event, db } = await setUp();
    const bus = broker.connect();
    let failures = 0;
    const flaky = on(event, async ({ number }, { tx }) => {
      if (number === 1 && failures++ < 3) throw new Failure('unavailable', 'a neighbour is ill');
      await tx.insertInto('effect').values({ number }).execute();
    });
    consuming({ bus, db, handlers: [flaky] });
    await bus.publish(numbers(4).map((number) => countedMessage(event, 'a', { number })));
    await vi.waitFor(async () => expect(await effects(db)).toEqual([0, 1, 2, 3]), soon);
    expect(failures).toBe(4);
  });

  test('a failure that does not pass is given up after so many tries', async () => {
    const { broker, event, db, group } = await setUp();
    const bus = broker.connect();
    const handle = vi.fn(async () => {
      throw new Failure('unavailable', 'a neighbour is ill');
    });
    consuming({ bus, db, group, handlers: [on(event, handle)], attempts: 3 });
    await bus.publish([countedMessage(event, 'a', { number: 1 })]);
    const letters = deadLetters({ bus, group, topics: [event.topic] });
    await vi.waitFor(() => expect(handle).toHaveBeenCalledTimes(3), soon);
    await vi.waitFor(async () => expect(await letters.list()).toHaveLength(1), soon);
    expect((await letters.list())[0]).toMatchObject({ attempts: 3, reason: 'unavailable: a neighbour is ill' });
  });

  test('a database that is away makes no dead letters, however long', async () => {
    const { broker, event, group, url, db } = await setUp();
    const bus = broker.connect();
    const proxy = await proxyTo(url);
    consuming({ bus, db: databaseAt(proxy.url), group, handlers: [writing(event)], attempts: 2 });
    await bus.publish([countedMessage(event, 'a', { number: 1 })]);
    await vi.waitFor(async () => expect(await effects(db)).toEqual([1]), soon);
    proxy.cut();
    await bus.publish([countedMessage(event, 'a', { number: 2 })]);
    await delay(1_000); // many more than two tries, with the waits of these tests
    await proxy.mend();
    await vi.waitFor(async () => expect(await effects(db)).toEqual([1, 2]), soon);
    expect(await deadLetters({ bus, group, topics: [event.topic] }).list()).toEqual([]);
  });
}
