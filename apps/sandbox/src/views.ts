import type { Charge, Intent } from './domain/intent.ts';
import type { Refund } from './domain/refund.ts';
import type { Refusal } from './domain/refusal.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);

const lastError = ({ decline }: Intent) =>
  decline && { type: 'card_error', code: decline.code, decline_code: decline.declineCode, message: decline.message };

const nextAction = ({ status }: Intent) =>
  status === 'requires_action' ? { type: 'use_stripe_sdk', use_stripe_sdk: {} } : null;

/** A PaymentIntent as Stripe shows it. */
export const intentView = (intent: Intent) => ({
  id: intent.id,
  object: 'payment_intent',
  amount: intent.amount,
  amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
  amount_received: intent.charge?.amountCaptured ?? 0,
  canceled_at: intent.canceledAt && seconds(intent.canceledAt),
  cancellation_reason: intent.cancellationReason,
  capture_method: intent.captureMethod,
  client_secret: `${intent.id}_secret`,
  confirmation_method: 'automatic',
  created: seconds(intent.createdAt),
  currency: intent.currency,
  customer: null,
  description: intent.description,
  last_payment_error: lastError(intent),
  latest_charge: intent.charge?.id ?? null,
  livemode: false,
  metadata: intent.metadata,
  next_action: nextAction(intent),
  payment_method: intent.paymentMethod,
  payment_method_types: ['card'],
  status: intent.status,
});

/** The charge of an intent, as Stripe shows it. */
export const chargeView = (intent: Intent, charge: Charge) => ({
  id: charge.id,
  object: 'charge',
  amount: intent.amount,
  amount_captured: charge.amountCaptured,
  amount_refunded: charge.amountRefunded,
  captured: intent.status === 'succeeded',
  created: seconds(intent.createdAt),
  currency: intent.currency,
  livemode: false,
  metadata: intent.metadata,
  paid: true,
  payment_intent: intent.id,
  payment_method: intent.paymentMethod,
  refunded: charge.amountRefunded === charge.amountCaptured,
  status: 'succeeded',
});

/** A Refund as Stripe shows it. */
export const refundView = (refund: Refund) => ({
  id: refund.id,
  object: 'refund',
  amount: refund.amount,
  charge: refund.chargeId,
  created: seconds(refund.createdAt),
  currency: refund.currency,
  metadata: refund.metadata,
  payment_intent: refund.intentId,
  reason: refund.reason,
  status: 'succeeded',
});

/** A list, of which one more than asked for was read to know whether it goes on. */
export const listView = (url: string, items: object[], limit: number) => ({
  object: 'list',
  url,
  has_more: items.length > limit,
  data: items.slice(0, limit),
});

/** An Event, the body of a webhook. */
export const eventView = (id: string, type: string, object: object, createdAt: number) => ({
  id,
  object: 'event',
  api_version: null,
  created: seconds(createdAt),
  data: { object },
  livemode: false,
  pending_webhooks: 1,
  request: null,
  type,
});

/** An error as Stripe shows it. */
export const refusalView = ({ message, details: { type, code, declineCode, param, intent } }: Refusal) => ({
  error: {
    type: type ?? 'invalid_request_error',
    message,
    ...(code && { code }),
    ...(declineCode && { decline_code: declineCode }),
    ...(param && { param }),
    ...(intent && { payment_intent: intentView(intent) }),
  },
});
