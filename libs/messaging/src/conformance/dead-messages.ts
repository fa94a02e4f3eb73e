import { expect, test, vi } from 'vitest';
import { numbers, recorder, soon, unique } from '../broker-for-tests.ts';
import { deadLetters } from '../dead-letters.ts';
import { on } from '../on.ts';
import { consuming, countedMessage, effects, writing } from '../service-for-tests.ts';
import type { SetUp } from './consumer.ts';

/** What becomes of messages that a consumer cannot handle. */
export function deadMessages(setUp: SetUp): void {
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
