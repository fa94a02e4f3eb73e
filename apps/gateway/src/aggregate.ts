import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { Notification } from '@chandlery/contracts/notification/v1/notification';
import type { Order } from '@chandlery/contracts/order/v1/order';
import { type Payment, PaymentStatusSchema } from '@chandlery/contracts/payment/v1/payment';
import { Failure } from '@chandlery/errors';
import { fallback } from '@chandlery/resilience';
import type { Clients } from './clients.ts';
import { orderBody } from './http/bodies.ts';

const paymentBody = ({ id, status, amount, currency, declineReason }: Payment) => ({
  id,
  status: PaymentStatusSchema.value[status]?.localName ?? 'UNSPECIFIED',
  amount: { amount: Number(amount), currency },
  ...(declineReason && { declineReason }),
});

const notificationBody = ({ id, template, status, sentAt }: Notification) => ({
  id,
  template,
  status,
  ...(sentAt && { sentAt: timestampDate(sentAt).toISOString() }),
});

/** An order with what others know of it. Who cannot answer is named in `degraded`; only order itself is needed. */
export async function orderAggregate(clients: Clients, id: string, token: string) {
  const degraded: string[] = [];
  const orElse = <T, Absent>(name: string, absent: Absent, asked: Promise<T>): Promise<T | Absent> => {
    const found = asked.catch((error) => {
      if (error instanceof Failure && error.kind === 'not_found') return absent;
      throw error;
    });
    const without = () => {
      degraded.push(name);
      return absent;
    };
    return fallback(name, () => found, without);
  };
  const none = { notifications: [] as Notification[] };
  const [order, payment, { notifications }] = await Promise.all([
    clients.orders.getOrder({ id }, { token }),
    orElse('payment', null, clients.payments.getPayment({ orderId: id }, { token })),
    orElse('notification', none, clients.notifications.listNotifications({ orderId: id }, { token })),
  ] as [Promise<Order>, Promise<Payment | null>, Promise<typeof none>]);
  return {
    ...orderBody(order),
    payment: payment && paymentBody(payment),
    notifications: notifications.map(notificationBody),
    degraded,
  };
}
