import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Broker, message, numbers, recorder, soon, unique } from '../broker-for-tests.ts';
import { subscriberProcess } from '../subscriber-process.ts';

/** Long enough for what is noticed by a timeout: a dead member of a group. */
const patiently = { timeout: 30_000, interval: 50 };

/** How long the broker is away in the test of that. */
const AWAY_MS = Number(process.env.BROKER_AWAY_MS ?? 5_000);

/** Handlers, processes and the broker itself fail, and nothing is lost or out of order. */
export function failureConformance(given: () => Promise<Broker>): void {
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
    await delay(AWAY_MS);
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
