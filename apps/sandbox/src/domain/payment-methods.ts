import { missing } from './refusal.ts';

export interface Decline {
  code: 'card_declined' | 'authentication_required';
  declineCode: string;
  message: string;
}

const declines = {
  generic: { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' },
  funds: { code: 'card_declined', declineCode: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  authentication: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} satisfies Record<string, Decline>;

/** Whether the customer is there to authenticate the payment. */
export interface Presence {
  offSession: boolean;
  errorOnRequiresAction: boolean;
}

/** What the bank says: money reserved, a decline, or a question to the customer. */
export type Verdict = 'authorised' | 'action' | Decline;

const verdicts: Record<string, (presence: Presence) => Verdict> = {
  pm_card_visa: () => 'authorised',
  pm_card_chargeDeclined: () => declines.generic,
  pm_card_chargeDeclinedInsufficientFunds: () => declines.funds,
  pm_card_authenticationRequired: ({ offSession, errorOnRequiresAction }) =>
    offSession || errorOnRequiresAction ? declines.authentication : 'action',
};

/** Refuses a payment method that is none of Stripe's test methods we know. */
export function known(method: string): string {
  if (!Object.hasOwn(verdicts, method)) throw missing(400, 'PaymentMethod', method, 'payment_method');
  return method;
}

/** Asks the bank behind a test payment method. */
export const verdict = (method: string, presence: Presence): Verdict =>
  (verdicts[known(method)] as (presence: Presence) => Verdict)(presence);
