import { Type } from 'typebox';
import { event, Money } from '../event.ts';

const payment = { paymentId: Type.String(), orderId: Type.String(), userId: Type.String(), amount: Money };

/** The provider has taken the money. */
export const paymentCaptured = event('payment.captured.v1', Type.Object(payment));

/** The provider or the bank said no; nothing was taken. */
export const paymentDeclined = event('payment.declined.v1', Type.Object({ ...payment, reason: Type.String() }));

/** The charge was undone before it was captured. */
export const paymentVoided = event('payment.voided.v1', Type.Object(payment));

/** The money went back. */
export const paymentRefunded = event('payment.refunded.v1', Type.Object(payment));
