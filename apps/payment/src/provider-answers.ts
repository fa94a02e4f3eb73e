import { Failure, transient } from '@chandlery/errors';
import { Rejected } from '@chandlery/resilience';
import Stripe from 'stripe';
import type { Outcome } from './store/payments.ts';

const { StripeCardError, StripeError, StripeInvalidRequestError } = Stripe.errors;

const statuses: Partial<Record<Stripe.PaymentIntent.Status, Outcome['status']>> = {
  requires_capture: 'AUTHORIZED',
  succeeded: 'CAPTURED',
  canceled: 'VOIDED',
};

/** What an intent means for its payment. */
export function outcome({ id, status }: Stripe.PaymentIntent): Outcome {
  const known = statuses[status];
  if (!known) throw unavailable(`payment intent ${status}`);
  return { status: known, intentId: id };
}

/** Whether it is the provider's word on this payment: it would say so again. */
export const refused = (error: unknown): error is InstanceType<typeof StripeError> =>
  error instanceof StripeCardError || error instanceof StripeInvalidRequestError;

/** Whether it says something of the provider's health, and may go away. */
export const ill = (error: unknown): boolean => transient(error) || (error instanceof StripeError && !refused(error));

/** A charge that the bank declined, or that the provider would not even try, say for an unknown payment method. */
export function declined(error: unknown): Outcome {
  // 404 is no answer to a charge: who says so is not the provider
  if (!refused(error) || error.statusCode === 404) throw error;
  const { decline_code, code, payment_intent: intent } = error;
  const declineReason = decline_code ?? code ?? 'refused';
  return { status: 'DECLINED', declineReason, ...(intent && { intentId: intent.id }) };
}

/** A refund that the provider refuses since there is nothing left to give back. */
export function refundedBefore(error: unknown): { status: string } {
  if (refused(error) && error.code === 'charge_already_refunded') return { status: 'succeeded' };
  throw error;
}

export const unavailable = (message: string, cause?: unknown, retryAfterMs?: number) =>
  new Failure('unavailable', message, {
    reason: 'provider-unavailable',
    cause,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

/** Everything else: the provider has not done it, or we do not know whether it has. */
export function translate(error: unknown): never {
  if (error instanceof StripeError) throw unavailable(`stripe: ${error.code ?? error.type}`, error);
  if (error instanceof Rejected) throw unavailable(error.message, error, error.retryAfterMs);
  throw error;
}
