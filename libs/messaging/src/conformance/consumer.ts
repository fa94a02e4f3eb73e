import { setDefence } from '@chandlery/resilience';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Broker, numbers, soon, unique } from '../broker-for-tests.ts';
import { consuming, counted, countedMessage, effects, serviceDatabase, writing } from '../service-for-tests.ts';
import { spans } from '../spans-for-tests.ts';
import { deadMessages } from './dead-messages.ts';
import { retries } from './retries.ts';

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

/** A new topic, group and database over the broker. */
export type SetUp = () => Promise<
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
