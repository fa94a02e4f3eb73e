import { orderPaid } from '@chandlery/contracts/events/order';
import { on } from '@chandlery/messaging';
import { traceparent } from '@chandlery/telemetry';
import { mailStore } from '../store/mails.ts';
import { orderPaidText } from '../templates.ts';

export const onOrderPaid = on(orderPaid, (order, { tx, message }) => {
  const { orderId, userId } = order;
  const mail = { template: 'order-paid', ...orderPaidText(order) } as const;
  return mailStore(tx).queue({ eventId: message.id, orderId, userId, ...mail, traceparent: traceparent() });
});
