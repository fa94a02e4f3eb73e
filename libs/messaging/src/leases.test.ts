import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type Broker, kafkaBroker, message, postgresBroker, recorder, unique } from './broker-for-tests.ts';
import { kafkaForTests } from './kafka-for-tests.ts';

/** Longer than either broker waits for a sign of life, in these tests. */
const LONG_MS = 14_000;
const soon = { timeout: 15_000, interval: 20 };

const address = await kafkaForTests();

describe('PostgreSQL', () => theirs(postgresBroker()));
describe.skipIf(!address)('Kafka', () => theirs(() => kafkaBroker(address ?? '')));

function theirs(given: () => Promise<Broker>): void {
  test('a message that takes long stays with its consumer, and its key waits', async () => {
    const broker = await given();
    const [topic, group, slow, other] = [unique('topic'), unique('group'), recorder(), recorder()];
    const owner = broker.connect().subscribe(group, [topic], async (long, delivery) => {
      await slow.handler(long, delivery);
      await delay(LONG_MS);
      expect(delivery.signal.aborted).toBe(false);
    });
    await owner.joined;
    await broker.connect().publish([message(topic, 'a', 0)]);
    await vi.waitFor(() => expect(slow.data()).toEqual([0]), soon);
    await broker.connect().publish([message(topic, 'a', 1)]);
    await delay(LONG_MS - 2_000);
    expect(slow.data()).toEqual([0]);
    expect(owner.alive()).toBe(true);
    broker.connect().subscribe(group, [topic], other.handler);
    await owner.stop();
    await vi.waitFor(() => expect(other.data()).toEqual([1]), soon);
    expect(slow.data()).toEqual([0]);
  });
}
