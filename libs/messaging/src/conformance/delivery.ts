import { expect, test, vi } from 'vitest';
import { type Broker, message, numbers, recorder, soon, unique } from '../broker-for-tests.ts';

type Given = () => Promise<Broker>;

/** Messages come, all of them, in order, to everyone who should have them. */
export function deliveryConformance(given: Given): void {
  order(given);
  groups(given);
  drains(given);
}

function order(given: Given): void {
  test('messages of a key arrive in the order in which they were published', async () => {
    const bus = (await given()).connect();
    const [topic, got] = [unique('topic'), recorder()];
    await bus.subscribe(unique('group'), [topic], got.handler).joined;
    for (const start of [0, 10, 20]) {
      await bus.publish(numbers(10, start).flatMap((n) => ['a', 'b', 'c'].map((key) => message(topic, key, n))));
    }
    await vi.waitFor(() => expect(got.all).toHaveLength(90), soon);
    for (const key of ['a', 'b', 'c']) expect(got.of(key)).toEqual(numbers(30));
  });

  test('an idle subscription hears of a message at once', async () => {
    const bus = (await given()).connect();
    const [topic, got] = [unique('topic'), recorder()];
    await bus.subscribe(unique('group'), [topic], got.handler).joined;
    await bus.publish([message(topic, 'a', 0)]);
    await vi.waitFor(() => expect(got.all).toHaveLength(1), soon);
    const began = Date.now();
    for (const n of [1, 2, 3]) {
      await bus.publish([message(topic, 'a', n)]);
      await vi.waitFor(() => expect(got.all).toHaveLength(n + 1), { ...soon, interval: 2 });
    }
    expect(Date.now() - began).toBeLessThan(1_500); // a poll takes two seconds
  });
}

function groups(given: Given): void {
  test('every group gets every message, and the members of a group share them', async () => {
    const broker = await given();
    const [topic, group] = [unique('topic'), unique('group')];
    const [one, other, alone] = [recorder(), recorder(), recorder()];
    const bus = broker.connect();
    await bus.publish([message(topic, 'first', 0)]);
    await Promise.all([
      broker.connect().subscribe(group, [topic], one.handler).joined,
      broker.connect().subscribe(group, [topic], other.handler).joined,
      broker.connect().subscribe(unique('group'), [topic], alone.handler).joined,
    ]);
    const sent = numbers(40).map((n) => message(topic, `key-${n}`, n));
    await bus.publish(sent);
    const ids = (...messages: { id: string }[]) => [...new Set(messages.map(({ id }) => id))].sort();
    await vi.waitFor(() => {
      expect(ids(...alone.all)).toEqual(expect.arrayContaining(ids(...sent)));
      expect(ids(...one.all, ...other.all)).toEqual(expect.arrayContaining(ids(...sent)));
    }, soon);
  });

  test('a group gets what was published before its first subscription', async () => {
    const broker = await given();
    const [topic, got] = [unique('topic'), recorder()];
    await broker.connect().publish(numbers(20).map((n) => message(topic, 'a', n)));
    await broker.connect().subscribe(unique('group'), [topic], got.handler).joined;
    await vi.waitFor(() => expect(got.data()).toEqual(numbers(20)), soon);
  });

  test('a group gets what was published while all of it was away, and nothing twice', async () => {
    const broker = await given();
    const [topic, group, got] = [unique('topic'), unique('group'), recorder()];
    const bus = broker.connect();
    const first = bus.subscribe(group, [topic], got.handler);
    await bus.publish([message(topic, 'a', 0)]);
    await vi.waitFor(() => expect(got.data()).toEqual([0]), soon);
    await first.stop();
    await bus.publish([message(topic, 'a', 1)]);
    await bus.subscribe(group, [topic], got.handler).joined;
    await bus.publish([message(topic, 'a', 2)]);
    await vi.waitFor(() => expect(got.data()).toEqual([0, 1, 2]), soon);
  });

  test('consumers join and leave, and no message is lost or out of order', async () => {
    const broker = await given();
    const [topic, group, got] = [unique('topic'), unique('group'), recorder()];
    const keys = ['a', 'b', 'c', 'd'];
    const publisher = broker.connect();
    const publish = (n: number) => publisher.publish(keys.map((key) => message(topic, key, n)));
    const stay = broker.connect().subscribe(group, [topic], got.handler);
    await stay.joined;
    for (const n of numbers(10)) await publish(n);
    const guest = broker.connect().subscribe(group, [topic], got.handler);
    for (const n of numbers(10, 10)) await publish(n);
    await guest.joined;
    for (const n of numbers(10, 20)) await publish(n);
    await guest.stop();
    for (const n of numbers(10, 30)) await publish(n);
    const firsts = (key: string) => [...new Set(got.of(key))];
    await vi.waitFor(() => {
      for (const key of keys) expect(firsts(key)).toEqual(numbers(40));
    }, soon);
  });
}

function drains(given: Given): void {
  test('what waits for a group can be looked at, and taken, once', async () => {
    const bus = (await given()).connect();
    const [topic, group] = [unique('topic'), unique('group')];
    await bus.declare(group, [topic]);
    await bus.publish(numbers(5).map((n) => message(topic, 'a', n)));
    const [seen, taken, left] = [recorder(), recorder(), recorder()];
    await bus.drain(group, topic, seen.handler, { keep: true });
    await bus.drain(group, topic, taken.handler);
    await bus.drain(group, topic, left.handler);
    expect(seen.data()).toEqual(numbers(5));
    expect(taken.data()).toEqual(numbers(5));
    expect(left.data()).toEqual([]);
  });
}
