import type { PgBoss } from 'pg-boss';
import type { Handler } from './message.ts';
import type { Envelope } from './postgres-queues.ts';

const never = new AbortController().signal;

/** Hands over what is in the queue now, oldest first. Only when `keep` is false does it leave the queue. */
export async function drainQueue(boss: PgBoss, queue: string, handler: Handler, keep: boolean): Promise<void> {
  const position = (id: string) => `${queue}#${id}`;
  if (keep) {
    const jobs = await boss.findJobs<Envelope>(queue, { queued: true });
    for (const { id, data } of jobs.sort((one, other) => one.id.localeCompare(other.id))) {
      await handler(data, { signal: never, position: position(id) });
    }
    return;
  }
  for (;;) {
    const jobs = await boss.fetch<Envelope>(queue, { batchSize: 10 });
    if (jobs.length === 0) return;
    for (const { id, data, retryCount } of jobs) {
      try {
        await handler(data, { signal: never, position: position(id) });
      } catch (error) {
        await boss.fail(
          queue,
          jobs.map((job) => ({ id: job.id, retryCount: job.retryCount })),
        );
        throw error;
      }
      await boss.deleteJob(queue, { id, retryCount });
    }
  }
}
