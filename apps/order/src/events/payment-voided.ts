import { paymentVoided } from '@chandlery/contracts/events/payment';
import { on } from '@chandlery/messaging';
import { cancelled } from '../checkout.ts';

export const onPaymentVoided = on(paymentVoided, ({ orderId }, { tx }) => cancelled(tx, orderId, 'voided'));
