import { paymentCaptured, paymentDeclined, paymentRefunded, paymentVoided } from '@chandlery/contracts/events/payment';
import type { Transaction } from '@chandlery/database';
import { add } from '@chandlery/messaging';
import type { Payment } from '../domain/payment.ts';
import type { Tables } from './tables.ts';

/** Tells the others what became of a payment, in the transaction in which it became that. */
export async function announce(tx: Transaction<Tables>, payment: Payment): Promise<void> {
  const { id: paymentId, orderId, userId, amount, currency, status, declineReason } = payment;
  const facts = { paymentId, orderId, userId, amount: { amount, currency } };
  switch (status) {
    case 'CAPTURED':
      return add(tx, paymentCaptured, orderId, facts);
    case 'DECLINED':
      return add(tx, paymentDeclined, orderId, { ...facts, reason: declineReason ?? '' });
    case 'VOIDED':
      return add(tx, paymentVoided, orderId, facts);
    case 'REFUNDED':
      return add(tx, paymentRefunded, orderId, facts);
  }
}
