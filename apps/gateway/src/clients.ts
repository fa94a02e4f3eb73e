import { NotificationService } from '@chandlery/contracts/notification/v1/notification';
import { CatalogueService, OrderService } from '@chandlery/contracts/order/v1/order';
import { PaymentService } from '@chandlery/contracts/payment/v1/payment';
import { UserService } from '@chandlery/contracts/user/v1/user';
import { client } from '@chandlery/grpc';

interface Urls {
  USER_SERVICE_URL: string;
  ORDER_SERVICE_URL: string;
  PAYMENT_SERVICE_URL: string;
  NOTIFICATION_SERVICE_URL: string;
}

export type Clients = ReturnType<typeof clients>;

/** Every peer, with its policy. What an answer can do without gets little time. */
export const clients = (urls: Urls, identity: () => Promise<string>) => ({
  users: client(UserService, { url: urls.USER_SERVICE_URL, identity, policy: { deadlineMs: 3_000 } }),
  catalogue: client(CatalogueService, { url: urls.ORDER_SERVICE_URL, identity, policy: { deadlineMs: 2_000 } }),
  orders: client(OrderService, { url: urls.ORDER_SERVICE_URL, identity, policy: { deadlineMs: 4_500, bulkhead: 500 } }),
  payments: client(PaymentService, { url: urls.PAYMENT_SERVICE_URL, identity, policy: { deadlineMs: 1_000 } }),
  notifications: client(NotificationService, {
    url: urls.NOTIFICATION_SERVICE_URL,
    identity,
    policy: { deadlineMs: 1_000 },
  }),
});
