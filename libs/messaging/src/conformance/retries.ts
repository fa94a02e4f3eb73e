import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '@chandlery/errors';
import { proxyTo } from '@chandlery/testing';
import { expect, test, vi } from 'vitest';
import { numbers, soon } from '../broker-for-tests.ts';
import { deadLetters } from '../dead-letters.ts';
import { on } from '../on.ts';
import { consuming, countedMessage, databaseAt, effects, writing } from '../service-for-tests.ts';
import type { SetUp } from './consumer.ts';

/** What a consumer tries again, and for how long. */
export function retries(setUp: SetUp): void {
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
