import { Failure } from '@chandlery/errors';
import { backoffMs } from '@chandlery/resilience';
import { counter } from '@chandlery/telemetry';
import type { ConsumerOptions } from './consumer.ts';
import type { Message } from './message.ts';
import { pause } from './pause.ts';
import { reason } from './persist.ts';

/** Where the group's dead letters of a topic lie. */
export const deadLetterTopic = (topic: string, group: string) => `${topic}.${group}.dlq`;
/** Where they go when they are replayed: to this group, and to no other. */
export const retryTopic = (topic: string, group: string) => `${topic}.${group}.retry`;
/** The topic of a message, whether it comes for the first time or was replayed. */
export const originalTopic = (topic: string, group: string) => topic.replace(`.${group}.retry`, '');

interface Death {
  error: unknown;
  attempts: number;
  position: string;
}

/** Who reads dead letters: a person, by `deadLetters`. */
export const readers = (group: string) => `${group}.replay`;

/** Puts the message among the dead letters. It is not let go before the broker has it there. */
export async function bury(
  { bus, group, log }: ConsumerOptions,
  message: Message,
  death: Death,
  signal: AbortSignal,
): Promise<void> {
  const topic = deadLetterTopic(originalTopic(message.topic, group), group);
  const letter = { ...message, topic, extensions: story(death) };
  for (let attempt = 0; ; attempt++) {
    try {
      await bus.declare(readers(group), [topic]);
      await bus.publish([letter]);
      break;
    } catch (error) {
      log.warn({ messageId: message.id, attempt, reason: reason(error) }, 'a dead letter waits for the broker');
      await pause(backoffMs({ baseMs: 200, maxMs: 10_000 }, attempt), signal);
      signal.throwIfAborted();
    }
  }
  const name = death.error instanceof Failure ? death.error.reason : 'bug';
  counter('messaging_dead_letters_total', 'Messages given up', ['group', 'type', 'reason']).inc({
    group,
    type: message.type,
    reason: name,
  });
}

const story = ({ error, attempts, position }: Death) => ({
  deathreason: describe(error).slice(0, 1_000),
  deathattempts: String(attempts),
  deathtime: new Date().toISOString(),
  deathposition: position,
});

const describe = (error: unknown): string =>
  error instanceof Failure
    ? `${error.reason}: ${error.message}`
    : `${(error as Error).name ?? 'Error'}: ${reason(error)}`;
