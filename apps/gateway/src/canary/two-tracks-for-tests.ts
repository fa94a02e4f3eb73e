import { newKey, ownIdentity } from '@chandlery/auth';
import { CatalogueService, OrderService } from '@chandlery/contracts/order/v1/order';
import { UserService } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import { grpcServer, implement, type Methods } from '@chandlery/grpc';
import { inProcessKeyValue } from '@chandlery/keyvalue';
import { logger } from '@chandlery/telemetry';
import { onTestFinished } from 'vitest';
import { type CanaryOptions, canary } from '../canary.ts';
import { clients } from '../clients.ts';

/** How a track behaves; what is not said it refuses. */
export type Behaviour = Partial<
  Methods<typeof CatalogueService> & Methods<typeof OrderService> & Methods<typeof UserService>
>;

/** Answers getProduct with its own name. */
export const names = (name: string): Behaviour => ({ getProduct: async () => ({ name }) });

const identity = ownIdentity('gateway', newKey('gateway'));
const refuse = async () => {
  throw new Failure('not_found', 'not in this test');
};

/** Starts a deployment of all services on one port. */
async function deployment(behaviour: Behaviour): Promise<string> {
  const services = [CatalogueService, OrderService, UserService].map((service) => {
    const methods = service.methods.map(({ localName }) => [localName, refuse]);
    return implement(service as typeof UserService, { ...Object.fromEntries(methods), ...behaviour });
  });
  const verify = async (token: string) => ({ kind: 'service' as const, id: 'gateway', token });
  const server = grpcServer({ log: logger('test', 'silent'), verify, services });
  onTestFinished(() => server.stop());
  return `127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
}

/** A gateway's clients for stable and canary; `asking` runs work as part of a request with that header. */
export async function given(stable: Behaviour, beside: Behaviour, options: Partial<CanaryOptions> = {}) {
  const [there, canaryUrl] = await Promise.all([deployment(stable), deployment(beside)]);
  const urls = {
    USER_SERVICE_URL: there,
    ORDER_SERVICE_URL: there,
    PAYMENT_SERVICE_URL: there,
    NOTIFICATION_SERVICE_URL: there,
  };
  const addresses = { USER_CANARY_URL: canaryUrl, ORDER_CANARY_URL: canaryUrl };
  const kept = options.kept ?? inProcessKeyValue();
  const parts = { log: logger('test', 'silent'), ...options, kept };
  const settings = { CANARY_MIN_CALLS: 20, ...addresses, ...options.settings };
  const canaries = canary({ ...parts, settings });
  const peers = clients(urls, identity, canaries);
  onTestFinished(() => {
    for (const peer of Object.values(peers)) peer.close();
  });
  const asking = <T>(header: string | undefined, work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      canaries.hook({ headers: { canary: header } } as never, undefined, () => void work().then(resolve, reject));
    });
  const product = async () => (await peers.catalogue.getProduct({ sku: 'rope' })).name;
  return { canaries, peers, kept, settings, asking, product };
}
