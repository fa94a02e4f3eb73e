import type { Payment } from './domain/payment.ts';
import type { Settle } from './settle.ts';
import type { PaymentStore } from './store/payments.ts';

/**
 * Makes sure that an order costs nothing, now and later: what is reserved is voided, what was taken goes back, a charge at work turns back, and
 * one that comes later is not begun. The wish is committed first; where it can't be finished now (`unavailable`), recovery finishes it.
 */
export const cancelling =
  (payments: PaymentStore, settle: Settle) =>
  async (orderId: string, userId: string): Promise<Payment> =>
    settle(await payments.requestCancel(orderId, userId));
