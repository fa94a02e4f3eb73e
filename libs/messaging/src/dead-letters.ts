import { Failure } from '@chandlery/errors';
import { counter } from '@chandlery/telemetry';
import { backoffMs, pause } from './backoff.ts';
import type { ConsumerOptions } from './consumer.ts';
import type { Bus, Message } from './message.ts';
import { reason } from './persist.ts';

/** Where the group's dead letters of a topic lie. */
export const deadLetterTopic = (topic: string, group: string) => `${topic}.${group}.dlq`;
/** Where they go when they are replayed: to this group, and to no other. */
export const retryTopic = (topic: string, group: string) => `${topic}.${group}.retry`;
/** The topic of a message, whether it comes for the first time or was replayed. */
export const originalTopic = (topic: string, group: string) => topic.replace(`.${group}.retry`, '');

/** A message that could not be applied, and why. */
export interface DeadLetter {
  /** As it was; its topic is the original one. */
  message: Message;
  reason: string;
  attempts: number;
  /** When it was given up. */
  time: string;
  /** Where the broker had the original. */
  position: string;
}

interface Death {
  error: unknown;
  attempts: number;
  position: string;
}

/** Who reads dead letters: a person, by `deadLetters`. */
const readers = (group: string) => `${group}.replay`;

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
      await pause(backoffMs({ firstMs: 200, mostMs: 10_000 }, attempt), signal);
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

export interface DeadLettersOptions {
  bus: Bus;
  group: string;
  topics: readonly string[];
}

/** The dead letters of a group, for a person who has understood what was wrong. */
export function deadLetters({ bus, group, topics }: DeadLettersOptions) {
  const letterOf = (topic: string, { extensions = {}, ...message }: Message): DeadLetter => ({
    message: { ...message, topic },
    reason: extensions.deathreason ?? 'unknown',
    attempts: Number(extensions.deathattempts ?? 0),
    time: extensions.deathtime ?? message.time,
    position: extensions.deathposition ?? 'unknown',
  });

  return {
    /** Those that wait, oldest first by topic. */
    async list(): Promise<DeadLetter[]> {
      const letters: DeadLetter[] = [];
      for (const topic of topics) {
        const keep = async (message: Message) => void letters.push(letterOf(topic, message));
        await bus.drain(readers(group), deadLetterTopic(topic, group), keep, { keep: true });
      }
      return letters;
    },

    /**
     * Sends all of them to the group again, and says how many. The inbox lets through what was not applied, once. Later messages of the same
     * key have been handled meanwhile: a handler that minds must look at the state, not at the order.
     */
    async replay(): Promise<number> {
      let count = 0;
      for (const topic of topics) {
        const again = async ({ extensions: _, ...message }: Message) => {
          await bus.publish([{ ...message, topic: retryTopic(topic, group) }]);
          count++;
        };
        await bus.drain(readers(group), deadLetterTopic(topic, group), again);
      }
      return count;
    },
  };
}
