import type { Logger } from '@chandlery/telemetry';
import type { Job, PgBoss } from 'pg-boss';
import type { Handler } from './message.ts';
import { pause } from './pause.ts';
import { reason } from './persist.ts';
import type { Envelope } from './postgres-queues.ts';

/** So many messages, of as many keys, are claimed at a time, and so many of them handled at once. */
const CLAIMED = 50;
const AT_ONCE = 5;
/** A message whose handler failed comes again after this; when we are leaving, others get it at once. */
const REDELIVERY_MS = 1_000;

/** A message that is ours while we say so often enough. */
interface Claim {
  queue: string;
  job: Job<Envelope>;
  lost: AbortController;
  outcome?: 'handled' | 'failed';
}

interface ClaimsOptions {
  handler: Handler;
  log: Logger;
  stopping: AbortSignal;
  /** Told of each message whose handler has come to its end. */
  onDone: () => void;
}

/** The messages that one subscription holds, from their fetch to the broker's knowledge of how they ended. */
export function claims({ handler, log, stopping, onDone }: ClaimsOptions) {
  const held = new Set<Claim>();
  const waiting: Claim[] = [];
  let running = 0;

  async function handle(claim: Claim): Promise<void> {
    const { queue, job, lost } = claim;
    const signal = AbortSignal.any([stopping, lost.signal]);
    try {
      signal.throwIfAborted();
      await handler(job.data, { signal, position: `${queue}#${job.id}` });
      claim.outcome = 'handled';
    } catch (error) {
      if (!signal.aborted) log.warn({ queue, messageId: job.data.id, reason: reason(error) }, 'message not handled');
      await pause(REDELIVERY_MS, signal);
      claim.outcome = 'failed';
    }
  }

  function dispatch(): void {
    while (running < AT_ONCE) {
      const claim = waiting.shift();
      if (!claim) return;
      running++;
      void handle(claim).then(() => {
        running--;
        onDone();
        dispatch();
      });
    }
  }

  /** Claims by queue, as pg-boss takes them: with their attempt, so that a claim which has passed to another is left alone. */
  const byQueue = (chosen: Iterable<Claim>) => Map.groupBy(chosen, ({ queue }) => queue);
  const attempts = (chosen: Claim[]) => chosen.map(({ job: { id, retryCount } }) => ({ id, retryCount }));

  return {
    size: () => held.size,
    /** How many more to fetch: many at a time or, while there is enough to do, none. */
    room: () => (held.size > CLAIMED / 2 ? 0 : CLAIMED - held.size),

    take(queue: string, jobs: Job<Envelope>[]): void {
      for (const job of jobs) {
        const claim = { queue, job, lost: new AbortController() };
        held.add(claim);
        waiting.push(claim);
      }
      dispatch();
    },

    /** Tells pg-boss what came of those that ended; the queues whose keys may go on. */
    async settle(boss: PgBoss): Promise<Iterable<string>> {
      const ended = byQueue([...held].filter(({ outcome }) => outcome));
      for (const [queue, chosen] of ended) {
        const { handled = [], failed = [] } = Object.groupBy(chosen, ({ outcome }) => outcome ?? 'failed');
        if (handled.length > 0) await boss.deleteJob(queue, attempts(handled));
        if (failed.length > 0) await boss.fail(queue, attempts(failed));
        for (const claim of chosen) held.delete(claim);
      }
      return ended.keys();
    },

    /** Renews the leases. What is no longer ours is told so by its signal. */
    async touch(boss: PgBoss): Promise<void> {
      for (const [queue, chosen] of byQueue([...held].filter(({ outcome }) => !outcome))) {
        const { settled } = (await boss.touch(queue, attempts(chosen))) as { settled?: string[] };
        for (const claim of chosen) {
          if (settled && !settled.includes(claim.job.id))
            claim.lost.abort(new Error('the claim has passed to another'));
        }
      }
    },
  };
}
