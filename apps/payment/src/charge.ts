import { Failure } from '@chandlery/errors';
import { type Charge, isOf, type Payment } from './domain/payment.ts';
import type { Settle } from './settle.ts';
import type { PaymentStore } from './store/payments.ts';

/**
 * Charges an order once, however often it is asked to: captured, declined, or, where a cancel was faster, voided or refunded. The intent is
 * committed before the provider hears of it. `unavailable` means "not known yet": ask again, or cancel.
 */
export const charging =
  (payments: PaymentStore, settle: Settle) =>
  async (charge: Charge): Promise<Payment> => {
    const payment = await payments.open(charge);
    if (payment.paymentMethod !== null && !isOf(payment, charge)) {
      throw new Failure('conflict', `order ${charge.orderId} has another charge`, { reason: 'charge-differs' });
    }
    return settle(payment);
  };
