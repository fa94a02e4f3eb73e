import { postgresAway } from '@chandlery/database';
import type { Logger } from '@chandlery/telemetry';
import type { PgBoss } from 'pg-boss';
import { bell } from './bell.ts';
import { postgresBusy } from './busy.ts';
import { lag } from './lag.ts';
import type { Handler, Subscription } from './message.ts';
import { persist } from './persist.ts';
import { claims } from './postgres-claims.ts';
import type { Envelope } from './postgres-queues.ts';
import { LEASE_SECONDS, type PostgresServer } from './postgres-server.ts';
import { CHANNEL } from './postgres-topics.ts';

/** A notification wakes us at once; this is for what comes without one: a lease that ran out, a lost notification. */
const POLL_MS = 2_000;
/** Two members that reach for the same keys at once can both come back empty-handed: after some work one looks again soon. */
const AGAIN_MS = 100;
const TOUCH_MS = (LEASE_SECONDS * 1_000) / 3;
/** Rounds go on, good or bad, more often than this; else something hangs. */
const ALIVE_MS = 60_000;

export interface PostgresSubscriptionOptions {
  server: PostgresServer;
  group: string;
  topics: readonly string[];
  declare: (group: string, topics: readonly string[]) => Promise<string[]>;
  handler: Handler;
  log: Logger;
}

export function postgresSubscription(options: PostgresSubscriptionOptions): Subscription {
  const { server, group, topics, declare, handler, log } = options;
  const stopping = new AbortController();
  const woken = bell();
  const joined = Promise.withResolvers<void>();
  const held = claims({ handler, log, stopping: stopping.signal, onDone: woken.ring });
  let beat = Date.now();

  async function session(): Promise<void> {
    beat = Date.now();
    const queues = await declare(group, topics);
    const boss = await server.boss();
    const due = new Set(queues);
    const rest = await attend(boss, queues, due);
    joined.resolve();
    try {
      while (!stopping.signal.aborted || held.size() > 0) {
        const settled = await round(boss, due);
        beat = Date.now();
        await woken.wait(settled.length > 0 ? AGAIN_MS : POLL_MS);
        for (const queue of settled) due.add(queue);
      }
    } finally {
      await rest();
    }
  }

  /** Until the returned function is called: marks queues as due when something comes, or may have come unheard; keeps the leases. */
  async function attend(boss: PgBoss, queues: string[], due: Set<string>): Promise<() => Promise<void>> {
    const heard = (...some: string[]) => {
      for (const queue of some) if (queues.includes(queue)) due.add(queue);
      woken.ring();
    };
    const listening = await boss.getDb().listen?.(CHANNEL, heard, () => heard(...queues));
    const polling = setInterval(() => {
      heard(...queues);
      void measure(boss, queues).catch(() => undefined); // a round tells of a database that is away
    }, POLL_MS);
    const touching = setInterval(() => held.touch(boss).catch(() => undefined), TOUCH_MS); // a lease outlives two misses
    return async () => {
      clearInterval(polling);
      clearInterval(touching);
      await listening?.close();
    };
  }

  /** Tells of what has ended, and fetches from what is due; the queues of which something has ended. */
  async function round(boss: PgBoss, due: Set<string>): Promise<string[]> {
    const settled = [...(await held.settle(boss))];
    for (const queue of settled) due.add(queue);
    for (const queue of stopping.signal.aborted ? [] : due) {
      const room = held.room();
      if (room === 0) break;
      due.delete(queue);
      const jobs = await boss.fetch<Envelope>(queue, { batchSize: room });
      if (jobs.length === room) due.add(queue);
      held.take(queue, jobs);
    }
    return settled;
  }

  async function measure(boss: PgBoss, queues: string[]): Promise<void> {
    const sizes = new Map((await boss.getQueues(queues)).map(({ name, queuedCount }) => [name, queuedCount]));
    for (const [index, topic] of topics.entries()) lag().set({ group, topic }, sizes.get(queues[index] ?? '') ?? 0);
  }

  const away = (error: unknown) => postgresAway(error) || postgresBusy(error);
  const ended = persist(session, { signal: stopping.signal, log, away });
  ended.catch(joined.reject);
  joined.promise.catch(() => undefined);
  return {
    joined: joined.promise,
    ended,
    alive: () => Date.now() - beat < ALIVE_MS,
    async stop() {
      stopping.abort();
      woken.ring();
      await ended.catch(() => undefined);
      joined.resolve();
    },
  };
}
