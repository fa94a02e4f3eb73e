import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, enabled } from '@chandlery/resilience';
import type { Part } from '@chandlery/service';
import { type Logger, span } from '@chandlery/telemetry';
import type { Checkout } from './checkout.ts';
import type { Orders } from './store/tables.ts';
import { dueIn, leaseUnfinished, type Unfinished } from './store/unfinished.ts';

export interface SagaOptions {
  db: Orders;
  checkout: Checkout;
  log: Logger;
  /** An order that is still unpaid after this long is cancelled. */
  giveUpMs: number;
  everyMs?: number;
}

/** While an order is worked on nobody else takes it up; longer than any call that is made for it. */
const LEASE_MS = 15_000;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const AT_A_TIME = 10;

/** Brings every order to its end that no request brings there: pays it, or gives up and cancels it. Any number of replicas may run it. */
export function sagaWorker({ db, checkout, log, giveUpMs, everyMs = 250 }: SagaOptions): Part {
  const stopping = new AbortController();
  let working = Promise.resolve();

  async function advance({ id, attempts, createdAt, cancelReason, traceparent }: Unfinished): Promise<void> {
    const late = Date.now() - createdAt.getTime() > giveUpMs;
    const reason = cancelReason ?? (late ? 'payment-unavailable' : undefined);
    const parent = traceparent ?? undefined;
    await span('order saga', { parent, attributes: { 'order.id': id, attempts } }, async () => {
      const order = reason ? await checkout.cancel(id, reason) : await checkout.pay(id);
      log.info({ orderId: id, status: order.status, attempts, action: reason ? 'cancel' : 'pay' }, 'saga step');
      const ended = order.status === 'cancelled' || (order.status === 'paid' && !order.cancelReason);
      if (!ended) await dueIn(db, id, backoffMs(BACKOFF, attempts));
    });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const orders = enabled('saga-worker') ? await leaseUnfinished(db, AT_A_TIME, LEASE_MS) : [];
        await Promise.all(
          orders.map((order) =>
            advance(order).catch((error) => log.error({ err: error, orderId: order.id }, 'saga step failed')),
          ),
        );
        if (orders.length === AT_A_TIME) continue;
      } catch (error) {
        log.warn({ err: error }, 'the saga worker waits for its database');
      }
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name: 'saga',
    start: () => {
      working = run();
    },
    stop: () => {
      stopping.abort();
      return working;
    },
  };
}
