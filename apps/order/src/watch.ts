import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '@chandlery/service';
import type { Logger } from '@chandlery/telemetry';
import pg from 'pg';
import { type Step, stepsAfter } from './store/steps.ts';
import type { Orders } from './store/tables.ts';

/** Should a notification be lost, a watcher looks by itself this often. */
const LOOK_MS = 5_000;
const RECONNECT_MS = 500;

export interface OrderWatch extends Part {
  /** The steps of an order after `after`, as they happen, until it has ended or the signal says so. */
  steps(orderId: string, after: number, signal: AbortSignal): AsyncGenerator<Step>;
}

/** One connection listens for all watchers of this process (PostgreSQL LISTEN). */
export function orderWatch(url: string, db: Orders, log: Logger): OrderWatch {
  const changed = new EventEmitter().setMaxListeners(0);
  const stopping = new AbortController();
  let listening = Promise.resolve();

  async function listen(): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    const lost = once(client, 'end');
    client.on('error', (error) => log.warn({ err: error }, 'order watch lost its connection'));
    client.on('notification', ({ payload }) => changed.emit(payload ?? ''));
    const stop = () => void client.end();
    try {
      await client.connect();
      await client.query('listen order_steps');
      stopping.signal.addEventListener('abort', stop);
      await lost;
    } finally {
      stopping.signal.removeEventListener('abort', stop);
      await client.end();
    }
  }

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      await listen().catch((error) => log.warn({ err: error }, 'order watch could not listen'));
      await delay(RECONNECT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name: 'order watch',
    start: () => {
      listening = keepListening();
    },
    stop: () => {
      stopping.abort();
      return listening;
    },
    async *steps(orderId, after, signal) {
      let seen = after;
      while (!signal.aborted && !stopping.signal.aborted) {
        const until = AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(LOOK_MS)]);
        // listening begins before looking, so that nothing falls between the two
        const news = once(changed, orderId, { signal: until }).catch(() => undefined);
        for (const step of await stepsAfter(db, orderId, seen)) {
          yield step;
          seen = step.sequence;
          if (step.status !== 'pending') return;
        }
        await news;
      }
    },
  };
}
