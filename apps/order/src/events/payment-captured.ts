import { paymentCaptured } from '@chandlery/contracts/events/payment';
import { on } from '@chandlery/messaging';
import { paid } from '../checkout.ts';

/** The money is there, also when payment's own answer got lost. */
export const onPaymentCaptured = on(paymentCaptured, ({ orderId }, { tx }) => paid(tx, orderId));
