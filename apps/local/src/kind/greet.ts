import { pages } from '../addresses.ts';
import { type Shop, showFirstOrder } from '../first-order.ts';
import { jaegerTraces } from '../jaeger.ts';
import type { Customer } from '../sample.ts';
import { paragraph, type Say } from '../steps.ts';
import { context } from './cluster.ts';
import { namespaceOf } from './releases.ts';

// the ports of k8s/kind/*.yaml
const gateway = 'http://127.0.0.1:8280';
const sandbox = 'http://127.0.0.1:4210';
const jaeger = 'http://127.0.0.1:16886';

async function shopOf(customer: Customer): Promise<Shop> {
  const traced = await fetch(jaeger, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  const kubectl = `kubectl --context ${context} --namespace ${namespaceOf('dev')}`;
  return {
    gateway,
    sandbox,
    customer,
    ...(traced && { traces: jaegerTraces(jaeger) }),
    addresses: [
      ...pages(gateway, sandbox),
      ...(traced ? [`Traces    ${jaeger}/search?service=gateway`] : []),
      `Pods      ${kubectl} get pods`,
      `Logs      ${kubectl} logs --follow deployment/order`,
    ],
  };
}

/** Says where things are; with `sample`, after the first order and its way through the pods. */
export async function greet(customer: Customer, sample: boolean, say: Say): Promise<void> {
  const shop = await shopOf(customer);
  if (sample) await showFirstOrder(shop, say);
  else paragraph(shop.addresses);
  paragraph([
    'Run it again to deploy what has changed, or one service: npm run deploy -- --help',
    'npm run stop:kind removes the cluster.',
  ]);
}
