import { published } from '../../apps/local/src/compose/docker.ts';
import { Problem } from '../../apps/local/src/problem.ts';
import { embeddedUrl } from '../audit/targets.ts';
import { shopAt } from '../client.ts';
import { gateway as onKind } from '../cluster/settings.ts';
import type { Arguments } from './cli.ts';
import { skusOf } from './scenarios.ts';

const unable = (message: string, cause?: unknown) => new Problem(message, { exitCode: 2, cause });

const starts = { embedded: 'npm start', compose: 'npm run start:compose', kind: 'npm run start:kind' };

type Wanted = Pick<Arguments, 'target' | 'data' | 'url'>;

async function onCompose(): Promise<string> {
  const address = await published('gateway', 8080).catch((cause) => {
    throw unable(`no gateway runs on Docker Compose: start it with ${starts.compose}`, cause);
  });
  return `http://${address}`;
}

/** URL of the gateway that is to have the load. */
export async function gatewayOf({ target, data, url }: Wanted): Promise<string> {
  if (url) return url;
  if (target === 'compose') return onCompose();
  return target === 'kind' ? onKind : embeddedUrl('gateway', data);
}

function reason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code || cause?.message || message;
}

/** A shop that answers, and what can be bought there. */
export async function openShop(gateway: string, { target, url }: Wanted) {
  const shop = shopAt(gateway, () => undefined);
  const skus = await skusOf(shop).catch((error) => {
    const start = url ? '' : `: start it with ${starts[target]}`;
    throw unable(`no shop answers at ${gateway} (${reason(error)})${start}`, error);
  });
  if (skus.length === 0)
    throw unable(`the shop at ${gateway} has hardly anything left to sell: begin anew with --fresh`);
  return { shop, skus };
}
