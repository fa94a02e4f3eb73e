import { NotificationService } from '@chandlery/contracts/notification/v1/notification';
import { CatalogueService, OrderService } from '@chandlery/contracts/order/v1/order';
import { PaymentService } from '@chandlery/contracts/payment/v1/payment';
import { UserService } from '@chandlery/contracts/user/v1/user';
import { type ClientOptions, client } from '@chandlery/grpc';
import { split } from './canary/split.ts';
import type { Peer } from './canary/weights.ts';
import type { Canary } from './canary.ts';

type Service =
  | typeof UserService
  | typeof CatalogueService
  | typeof OrderService
  | typeof PaymentService
  | typeof NotificationService;

type Urls = Record<`${Uppercase<Peer>}_SERVICE_URL`, string>;

export type Clients = ReturnType<typeof clients>;

/** Every peer, with its policy. What an answer can do without gets little time. */
export function clients(urls: Urls, identity: () => Promise<string>, { url: canaryUrl, way, begin }: Canary) {
  function peer<S extends Service>(name: Peer, service: S, policy: NonNullable<ClientOptions['policy']>) {
    const url = urls[`${name.toUpperCase() as Uppercase<Peer>}_SERVICE_URL`];
    // half of the time and no repeats, so that stable has time to do again what the canary fails
    const haste = { ...policy, deadlineMs: policy.deadlineMs / 2, retry: false } as const;
    return split(service, {
      stable: client(service, { url, identity, policy }),
      canary: () => client(service, { url: canaryUrl(name) ?? url, identity, policy: haste, track: 'canary' }),
      way: () => way(name),
      begin: (track) => begin(name, track),
    });
  }
  return {
    users: peer('user', UserService, { deadlineMs: 3_000 }),
    catalogue: peer('order', CatalogueService, { deadlineMs: 2_000 }),
    orders: peer('order', OrderService, { deadlineMs: 4_500, bulkhead: 500 }),
    payments: peer('payment', PaymentService, { deadlineMs: 1_000 }),
    notifications: peer('notification', NotificationService, { deadlineMs: 1_000 }),
  };
}
