import { paymentRefunded } from '@chandlery/contracts/events/payment';
import { on } from '@chandlery/messaging';
import { cancelled } from '../checkout.ts';

/** The money went back, also when somebody did that at the provider. */
export const onPaymentRefunded = on(paymentRefunded, ({ orderId }, { tx }) => cancelled(tx, orderId, 'refunded'));
