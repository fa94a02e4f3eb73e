/**
 * The bus for those who have PostgreSQL and nothing else. Each group of a topic has a queue of pg-boss in which a key's messages stay
 * in line (policy `key_strict_fifo`): the next one is handed out when the one before is done. A topic also remembers for a while what
 * was published to it, so that a group which comes later misses nothing.
 */
import type { Logger } from '@chandlery/telemetry';
import type { Bus, Message, Subscription } from './message.ts';
import { drainQueue } from './postgres-drain.ts';
import { queues } from './postgres-queues.ts';
import { postgresServer } from './postgres-server.ts';
import { postgresSubscription } from './postgres-subscription.ts';
import { publishTo } from './postgres-topics.ts';

export interface PostgresBusOptions {
  /** A database of its own, the same for all services. */
  url: string;
  log: Logger;
  /** How long a topic remembers its messages for groups that do not exist yet. */
  retentionMs?: number;
}

export function postgresBus({ url, log, retentionMs = 3_600_000 }: PostgresBusOptions): Bus {
  const server = postgresServer({ url, log, retentionMs });
  const { declare } = queues(server);
  const subscriptions = new Set<Subscription>();

  return {
    system: 'postgresql',

    publish: (messages: readonly Message[]) => publishTo(server, messages),

    async declare(group, topics) {
      await declare(group, topics);
    },

    subscribe(group, topics, handler) {
      const subscription = postgresSubscription({ server, group, topics, declare, handler, log });
      subscriptions.add(subscription);
      return subscription;
    },

    async drain(group, topic, handler, { keep = false } = {}) {
      const [queue] = await declare(group, [topic]);
      if (queue) await drainQueue(await server.boss(), queue, handler, keep);
    },

    async stop() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await server.stop();
    },
  };
}
