import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Broker, message, numbers, recorder, unique } from './broker-for-tests.ts';
import { subscriberProcess } from './subscriber-process.ts';

/** Long enough for what is noticed by a timeout: a dead member of a group. */
const patiently = { timeout: 30_000, interval: 50 };
const soon = { timeout: 15_000, interval: 20 };

/** How long the broker is away in the test of that. */
const AWAY_MS = Number(process.env.BROKER_AWAY_MS ?? 5_000);

/** What an adapter must do to be one: the contract of `Bus`. */
export function conformance(name: string, given: () => Promise<Broker>): void {
  describe(`${name} keeps the contract of a bus`, () => {
    order(given);
    groups(given);
    failures(given);
    drains(given);
  });
}

type Given = () => Promise<Broker>;

function order(given: Given): void {
  test('messages of a key arrive in the order in which they were published', async () => {
    const bus = (await given()).connect();
    const [topic, got] = [unique('topic'), recorder()];
    await bus.subscribe('group', [topic], got.handler).joined;
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
    }, patiently);
  });
}

function failures(given: Given): void {
  test('a handler that throws gets the message again, before the next one of its key', async () => {
    const bus = (await given()).connect();
    const [topic, got] = [unique('topic'), recorder()];
    let failures = 0;
    bus.subscribe(unique('group'), [topic], async (message, delivery) => {
      if (message.data === 1 && failures++ < 2) throw new Error('not yet');
      await got.handler(message, delivery);
    });
    await bus.publish(numbers(4).map((n) => message(topic, 'a', n)));
    await vi.waitFor(() => expect(got.data()).toEqual([0, 1, 2, 3]), soon);
    expect(failures).toBe(3);
  });

  test('what a killed process had in hand goes to another, and its key waits for that', async () => {
    const broker = await given();
    const [topic, group, got] = [unique('topic'), unique('group'), recorder()];
    const victim = subscriberProcess(broker.address, group, topic);
    onTestFinished(() => void victim.kill('SIGKILL'));
    await broker.connect().publish(numbers(3).map((n) => message(topic, 'a', n)));
    const [line] = await once(victim.stdout, 'data');
    expect(String(line).trim()).toBe('0');
    const heir = broker.connect().subscribe(group, [topic], got.handler);
    victim.kill('SIGKILL');
    await vi.waitFor(() => expect(got.data()).toEqual([0, 1, 2]), patiently);
    expect(heir.alive()).toBe(true);
  });

  test('a broker that is away is waited for, and nothing is lost', async () => {
    const { bus, proxy } = await (await given()).behind();
    const [topic, got] = [unique('topic'), recorder()];
    const subscription = bus.subscribe(unique('group'), [topic], got.handler);
    await bus.publish([message(topic, 'a', 0)]);
    await vi.waitFor(() => expect(got.data()).toEqual([0]), soon);
    proxy.cut();
    const publish = (): Promise<void> => bus.publish([message(topic, 'a', 1)]).catch(publish);
    const published = publish();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    expect(got.data()).toEqual([0]);
    expect(subscription.alive()).toBe(true);
    await proxy.mend();
    await published;
    await vi.waitFor(() => expect([...new Set(got.data())]).toEqual([0, 1]), patiently);
  });

  test('a subscription begun while the broker is away joins when it comes back', async () => {
    const broker = await given();
    const { bus, proxy } = await broker.behind();
    const [topic, got] = [unique('topic'), recorder()];
    proxy.cut();
    const subscription = bus.subscribe(unique('group'), [topic], got.handler);
    await broker.connect().publish([message(topic, 'a', 0)]);
    await proxy.mend();
    await subscription.joined;
    await vi.waitFor(() => expect(got.data()).toEqual([0]), patiently);
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
