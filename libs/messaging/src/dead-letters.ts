import { deadLetterTopic, readers, retryTopic } from './bury.ts';
import type { Bus, Message } from './message.ts';

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
