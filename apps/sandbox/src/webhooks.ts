import { createHmac } from 'node:crypto';
import type { Logger } from '@chandlery/telemetry';
import { request } from 'undici';
import { type Clock, clock as realClock } from './clock.ts';
import { newId } from './domain/ids.ts';
import type { Delivery } from './store/deliveries.ts';
import type { Ledger } from './store/ledger.ts';
import { eventView } from './views.ts';

/** Who is told of events. */
export interface Receiver {
  url: string;
  secret: string;
}

export interface WebhooksOptions {
  receiver: Receiver | undefined;
  ledger: Ledger;
  log: Logger;
  clock?: Clock;
}

const AT_ONCE = 10;
const TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 60_000;
const IDLE_MS = 24 * 60 * 60 * 1000;

export type Webhooks = ReturnType<typeof webhooks>;

/** The value of `Stripe-Signature`: the body can't be changed or sent again later unnoticed. */
export function signature(body: string, secret: string, now: number): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** Tells the receiver of every event, again and again until it answers 2xx. What is due is in the ledger, so a restart forgets nothing. */
export function webhooks({ receiver, ledger: { deliveries }, log, clock = realClock }: WebhooksOptions) {
  const stopping = new AbortController();
  let woken = new AbortController();
  let running = Promise.resolve();

  async function post({ url, secret }: Receiver, body: string): Promise<number> {
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature(body, secret, clock.now()) };
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await request(url, { method: 'POST', headers, body, signal });
    await response.body.dump();
    return response.statusCode;
  }

  async function deliver(to: Receiver, { eventId, body, attempts }: Delivery): Promise<void> {
    const status = await post(to, body).catch(() => 0);
    if (status >= 200 && status < 300) return deliveries.done(eventId);
    const wait = Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS);
    deliveries.postpone(eventId, clock.now() + wait);
    log.warn({ eventId, attempt: attempts + 1, status }, 'webhook not taken');
  }

  async function run(to: Receiver): Promise<void> {
    while (!stopping.signal.aborted) {
      await Promise.all(deliveries.due(clock.now(), AT_ONCE).map((delivery) => deliver(to, delivery)));
      const idle = (deliveries.nextAt() ?? clock.now() + IDLE_MS) - clock.now();
      woken = new AbortController();
      if (idle > 0) await clock.wait(idle, AbortSignal.any([woken.signal, stopping.signal]));
    }
  }

  return {
    /** Call it in the transaction of what happened: then the event is told if and only if it happened. */
    emit(type: string, object: object): void {
      if (!receiver) return;
      const id = newId('evt');
      deliveries.add(id, JSON.stringify(eventView(id, type, object, clock.now())), clock.now());
      woken.abort();
    },

    start(): void {
      if (receiver) running = run(receiver);
    },

    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
