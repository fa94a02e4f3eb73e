import { policy, remainingMs } from '@chandlery/resilience';
import { span } from '@chandlery/telemetry';
import Stripe from 'stripe';
import type { Payment, Step } from './domain/payment.ts';
import { declined, ill, outcome, refundedBefore, refused, translate, unavailable } from './provider-answers.ts';
import type { Outcome } from './store/payments.ts';

export interface ProviderOptions {
  apiKey: string;
  /** Who speaks Stripe's API; without it Stripe itself. */
  host?: string | undefined;
  /** For one step, its repeats included. */
  deadlineMs: number;
}

/** Each step of a payment at the provider. Steps may be repeated: what was done is answered again, not done again. */
export type Provider = Record<Step, (payment: Payment) => Promise<Outcome>>;

/** A timer of Node takes no more. */
const LONGEST_MS = 2 ** 31 - 1;

const left = () => Math.min(LONGEST_MS, Math.max(1, Math.floor(remainingMs())));

/**
 * Stripe under our own policy. An order's steps have one Idempotency-Key each, which Stripe remembers for 24 hours. Money is reserved first
 * and taken in a second step, by the id that we have committed: a reservation that is forgotten with its key can end, but never be taken.
 */
export function provider({ apiKey, host, deadlineMs }: ProviderOptions): Provider {
  const stripe = new Stripe(apiKey, { ...(host && addressOf(host)), maxNetworkRetries: 0, telemetry: false });
  const guarded = policy({ target: 'stripe', deadlineMs, transient: ill });

  /** One step, as a call that may be repeated. Whatever is no answer to it makes the provider unavailable. */
  function step(name: Step, work: (payment: Payment, options: Stripe.RequestOptions) => Promise<Outcome>) {
    return (payment: Payment): Promise<Outcome> => {
      const attributes = { 'peer.service': 'stripe', 'order.id': payment.orderId };
      const attempt = () =>
        span(`stripe ${name}`, { kind: 'CLIENT', attributes }, () =>
          work(payment, { idempotencyKey: `${payment.orderId}:${name}`, timeout: left() }),
        );
      return guarded.run(attempt, true).catch(translate);
    };
  }

  /** The answer of a step that the provider refused since its intent has moved on: where that is now. */
  const standing = (intentId: string) => async (error: unknown) => {
    if (!refused(error)) throw error;
    return outcome(await stripe.paymentIntents.retrieve(intentId, {}, { timeout: left() }));
  };

  return {
    authorize: step('authorize', ({ orderId, amount, currency, paymentMethod }, options) => {
      const money = { amount, currency: currency.toLowerCase(), payment_method: paymentMethod ?? '' };
      const manner = { confirm: true, capture_method: 'manual', error_on_requires_action: true } as const;
      const intent = { ...money, ...manner, payment_method_types: ['card'], metadata: { orderId } };
      return stripe.paymentIntents.create(intent, options).then(outcome).catch(declined);
    }),

    capture: step('capture', async (payment, options) => {
      const id = intentOf(payment);
      return stripe.paymentIntents.capture(id, {}, options).then(outcome).catch(standing(id));
    }),

    cancel: step('cancel', async (payment, options) => {
      const id = intentOf(payment);
      return stripe.paymentIntents.cancel(id, {}, options).then(outcome).catch(standing(id));
    }),

    refund: step('refund', async (payment, options) => {
      const { status } = await stripe.refunds
        .create({ payment_intent: intentOf(payment) }, options)
        .catch(refundedBefore);
      if (status === 'failed' || status === 'canceled') throw unavailable(`refund ${status}`);
      return { status: 'REFUNDED' };
    }),
  };
}

function addressOf(url: string): { host: string; port: string | number; protocol: Stripe.HttpProtocol } {
  const { hostname: host, port, protocol } = new URL(url);
  return protocol === 'https:'
    ? { host, port: port || 443, protocol: 'https' }
    : { host, port: port || 80, protocol: 'http' };
}

function intentOf({ intentId, orderId }: Payment): string {
  if (intentId) return intentId;
  throw new Error(`the payment of ${orderId} has no intent`);
}
