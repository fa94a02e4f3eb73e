import { orderCancelled } from '@chandlery/contracts/events/order';
import { on } from '@chandlery/messaging';
import { traceparent } from '@chandlery/telemetry';
import { mailStore } from '../store/mails.ts';
import { orderCancelledText } from '../templates.ts';

export const onOrderCancelled = on(orderCancelled, (order, { tx, message }) => {
  const { orderId, userId } = order;
  const mail = { template: 'order-cancelled', ...orderCancelledText(order) } as const;
  return mailStore(tx).queue({ eventId: message.id, orderId, userId, ...mail, traceparent: traceparent() });
});
