import { EventEmitter, once } from 'node:events';
import { listener } from '@chandlery/database';
import type { Part } from '@chandlery/service';
import type { Logger } from '@chandlery/telemetry';
import { type Step, stepsOf } from './store/steps.ts';
import type { Orders } from './store/tables.ts';

/** Should a notification be lost, a watcher looks by itself this often. */
const LOOK_MS = 5_000;

export interface OrderWatch extends Part {
  /** The steps of an order after `after`, as they happen, until it has ended or the signal says so. */
  steps(orderId: string, after: number, signal: AbortSignal): AsyncGenerator<Step>;
}

/** One connection listens for all watchers of this process (PostgreSQL LISTEN). */
export function orderWatch(url: string, db: Orders, log: Logger): OrderWatch {
  const changed = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const ears = listener({ url, channel: 'order_steps', log, heard: (orderId = '') => changed.emit(orderId) });
  return {
    name: 'order watch',
    start: ears.start,
    stop: () => {
      closing.abort();
      return ears.stop();
    },
    async *steps(orderId, after, signal) {
      let seen = after;
      while (!signal.aborted && !closing.signal.aborted) {
        const until = AbortSignal.any([signal, closing.signal, AbortSignal.timeout(LOOK_MS)]);
        // listening begins before looking, so that nothing falls between the two
        const news = once(changed, orderId, { signal: until }).catch(() => undefined);
        const journey = await stepsOf(db, orderId);
        for (const step of journey.filter(({ sequence }) => sequence > seen)) {
          yield step;
          seen = step.sequence;
        }
        if (journey.at(-1)?.status !== 'pending') return;
        await news;
      }
    },
  };
}
