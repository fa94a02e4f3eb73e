import { paymentDeclined } from '@chandlery/contracts/events/payment';
import { on } from '@chandlery/messaging';
import { cancelled } from '../checkout.ts';

export const onPaymentDeclined = on(paymentDeclined, ({ orderId, reason }, { tx }) => cancelled(tx, orderId, reason));
