import { type Decline, known, type Presence, verdict } from './payment-methods.ts';
import { Refusal } from './refusal.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** Money that was reserved on a card. There is at most one charge to an intent. */
export interface Charge {
  id: string;
  amountCaptured: number;
  /** What went back to the card, released or refunded. */
  amountRefunded: number;
}

export interface Intent {
  id: string;
  createdAt: number;
  amount: number;
  currency: string;
  captureMethod: 'automatic' | 'manual';
  description: string | null;
  metadata: Record<string, string>;
  paymentMethod: string | null;
  status: IntentStatus;
  charge: Charge | null;
  /** Why the last confirmation failed. */
  decline: Decline | null;
  canceledAt: number | null;
  cancellationReason: string | null;
}

const chargeOf = (intentId: string) => intentId.replace(/^pi_/, 'ch_');

/** The intent that a charge belongs to; their ids differ in the prefix alone. */
export const intentOf = (chargeId: string) => chargeId.replace(/^ch_/, 'pi_');

/** Every action there is: action → the statuses it may start from. */
export const actions: Record<'confirm' | 'capture' | 'cancel', readonly IntentStatus[]> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action'],
};

export type NewIntent = Pick<Intent, 'id' | 'createdAt' | 'amount' | 'currency' | 'captureMethod'> &
  Pick<Intent, 'description' | 'metadata' | 'paymentMethod'>;

/** An intent that nobody has confirmed yet. */
export const newIntent = (given: NewIntent): Intent => ({
  ...given,
  status: given.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
  paymentMethod: given.paymentMethod === null ? null : known(given.paymentMethod),
  charge: null,
  decline: null,
  canceledAt: null,
  cancellationReason: null,
});

function unexpected(intent: Intent, message: string): Refusal {
  return new Refusal(400, message, { code: 'payment_intent_unexpected_state', intent });
}

function check(intent: Intent, action: keyof typeof actions): void {
  if (actions[action].includes(intent.status)) return;
  const only = `Only a PaymentIntent with one of the following statuses may do so: ${actions[action].join(', ')}.`;
  throw unexpected(
    intent,
    `You cannot ${action} this PaymentIntent because it has a status of ${intent.status}. ${only}`,
  );
}

/** Asks the bank for the money. A decline is a state of the intent: another payment method may follow. */
export function confirm(intent: Intent, paymentMethod: string | null, presence: Presence): Intent {
  check(intent, 'confirm');
  const method = paymentMethod ?? intent.paymentMethod;
  if (method === null) throw unexpected(intent, 'You cannot confirm this PaymentIntent: it has no payment method.');
  const said = verdict(method, presence);
  if (said === 'action') return { ...intent, paymentMethod: method, decline: null, status: 'requires_action' };
  if (said !== 'authorised')
    return { ...intent, paymentMethod: null, decline: said, status: 'requires_payment_method' };
  const charge = { id: chargeOf(intent.id), amountCaptured: 0, amountRefunded: 0 };
  const authorised: Intent = { ...intent, paymentMethod: method, decline: null, charge, status: 'requires_capture' };
  return intent.captureMethod === 'manual' ? authorised : capture(authorised, intent.amount);
}

/** Takes the reserved money, or a part of it; the rest is released. */
export function capture(intent: Intent, amount: number): Intent {
  check(intent, 'capture');
  if (amount > intent.amount) {
    const message = `The amount to capture (${amount}) is greater than the amount you can capture (${intent.amount}).`;
    throw new Refusal(400, message, { code: 'amount_too_large', param: 'amount_to_capture', intent });
  }
  return { ...intent, status: 'succeeded', charge: { ...(intent.charge as Charge), amountCaptured: amount } };
}

/** Ends an intent; money that was reserved goes back. */
export function cancel(intent: Intent, reason: string | null, at: number): Intent {
  check(intent, 'cancel');
  const charge = intent.charge && { ...intent.charge, amountRefunded: intent.amount };
  return { ...intent, status: 'canceled', charge, canceledAt: at, cancellationReason: reason };
}

/** Whether the last confirmation was declined, and nothing has happened since. */
export const declined = (intent: Intent): boolean =>
  intent.status === 'requires_payment_method' && intent.decline !== null;
