import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '@chandlery/errors';
import { detached, remainingMs, withDeadline } from '@chandlery/resilience';
import type { Logger } from '@chandlery/telemetry';
import { nextStep, type Payment } from './domain/payment.ts';
import type { Provider } from './provider.ts';
import type { Lease } from './store/leases.ts';
import type { PaymentStore } from './store/payments.ts';

export interface SettleOptions {
  payments: PaymentStore;
  provider: Provider;
  log: Logger;
  /** How long one worker may have an order's payment to itself. */
  leaseMs: number;
}

export type Settle = (payment: Payment) => Promise<Payment>;

/** How long a call waits for another one that is at work on the same order. */
const PATIENCE_MS = 2_000;
const POLL_MS = 50;

/**
 * Takes a payment all the way to where it should be, step by step, each committed before the next begins: a process that dies is followed by
 * whoever settles the same payment next. The lease keeps workers out of each other's way; that the provider is asked the right thing does not
 * rest on it, but on idempotency keys and on transitions that both sides refuse. `unavailable` leaves the payment where it got to.
 */
export function settling({ payments, provider, log, leaseMs }: SettleOptions): Settle {
  async function walk(payment: Payment): Promise<Payment> {
    let current = payment;
    for (let step = nextStep(current); step; step = nextStep(current)) {
      const { orderId, status } = current;
      const outcome = await provider[step](current);
      // it has happened: written down also where nobody waits any more
      current = await detached(() => payments.advance(orderId, outcome));
      if (current.status === status) throw new Failure('unavailable', `${step} changed nothing`);
    }
    const { orderId, id, status, declineReason } = current;
    log.info({ orderId, paymentId: id, status, declineReason }, 'payment settled');
    return current;
  }

  async function alone(lease: Lease): Promise<Payment> {
    try {
      // the work ends well before its lease does
      return await withDeadline('payment', leaseMs * 0.8, () => walk(lease.payment));
    } finally {
      await detached(() => payments.release(lease));
    }
  }

  return async (payment) => {
    const giveUpAt = Date.now() + Math.min(PATIENCE_MS, remainingMs() - POLL_MS);
    let current = payment;
    while (nextStep(current)) {
      const lease = await payments.lease(current.orderId, leaseMs);
      if (lease) return alone(lease);
      if (Date.now() >= giveUpAt) throw busy();
      await delay(POLL_MS);
      current = await payments.get(current.orderId);
    }
    return current;
  };
}

const busy = () =>
  new Failure('unavailable', 'the payment is being worked on', { reason: 'payment-in-progress', retryAfterMs: 500 });
