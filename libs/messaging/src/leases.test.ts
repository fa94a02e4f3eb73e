import { setTimeout as delay } from 'node:timers/promises';
import { testKafka } from '@chandlery/testing';
import { describe, expect, test, vi } from 'vitest';
import { type Broker, kafkaBroker, message, postgresBroker, unique } from './broker-for-tests.ts';
import type { Message } from './message.ts';

/** Longer than either broker waits for a sign of life, in these tests. */
const LONG_MS = 14_000;

const address = testKafka();

describe('PostgreSQL', () => theirs(postgresBroker()));
describe.skipIf(!address)('Kafka', () => theirs(() => kafkaBroker(address ?? '')));

function theirs(given: () => Promise<Broker>): void {
  test('a message that takes long stays with its consumer, and its key waits', async () => {
    const broker = await given();
    const [topic, group] = [unique('topic'), unique('group')];
    const story: string[] = [];
    const handler = async ({ data }: Message) => {
      story.push(`begin ${data}`);
      if (data === 0) await delay(LONG_MS);
      story.push(`end ${data}`);
    };
    const members = [broker.connect(), broker.connect()].map((bus) => bus.subscribe(group, [topic], handler));
    await Promise.all(members.map(({ joined }) => joined));
    await broker.connect().publish([0, 1].map((data) => message(topic, 'a', data)));
    await vi.waitFor(() => expect(story).toHaveLength(4), { timeout: LONG_MS + 15_000 });
    expect(story).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1']);
    expect(members.every((member) => member.alive())).toBe(true);
  });
}
