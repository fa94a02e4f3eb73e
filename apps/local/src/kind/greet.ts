import { shopInContainers } from '../addresses.ts';
import { type Shop, showShop } from '../first-order.ts';
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
  return shopInContainers({ gateway, sandbox, jaeger: traced ? jaeger : undefined }, customer, [
    `Pods      ${kubectl} get pods`,
    `Logs      ${kubectl} logs --follow deployment/order`,
  ]);
}

/** Says where things are; with `sample`, after the first order and its way through the pods. */
export async function greet(customer: Customer, sample: boolean, say: Say): Promise<void> {
  await showShop(await shopOf(customer), sample, say);
  paragraph([
    'Run it again to deploy what has changed, or one service: npm run deploy -- --help',
    'npm run stop:kind removes the cluster.',
  ]);
}
