import type { Charge, Intent } from './intent.ts';
import { Refusal } from './refusal.ts';

export interface Refund {
  id: string;
  createdAt: number;
  amount: number;
  currency: string;
  intentId: string;
  chargeId: string;
  reason: string | null;
  metadata: Record<string, string>;
}

/** Gives captured money back, all that is left of it unless told otherwise, and never more. */
export function refund(intent: Intent, amount?: number): { intent: Intent; charge: Charge; amount: number } {
  const { charge } = intent;
  if (!charge || intent.status !== 'succeeded') {
    const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
    throw new Refusal(400, message, { code: 'payment_intent_unexpected_state', intent });
  }
  const left = charge.amountCaptured - charge.amountRefunded;
  if (left === 0) {
    throw new Refusal(400, `Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  const back = amount ?? left;
  if (back > left) {
    const message = `Refund amount (${back}) is greater than unrefunded amount on charge (${left})`;
    throw new Refusal(400, message, { param: 'amount' });
  }
  const refunded = { ...charge, amountRefunded: charge.amountRefunded + back };
  return { intent: { ...intent, charge: refunded }, charge: refunded, amount: back };
}
