import type { TestProject } from 'vitest/node';
import { shopAt } from '../client.ts';
import { type Buyer, newBuyers, skusOf } from '../load/scenarios.ts';
import { helm, kubectl } from './kube.ts';
import { allReady, apps } from './pods.ts';
import { context, gateway, namespace, permitted, sandbox } from './settings.ts';

declare module 'vitest' {
  interface ProvidedContext {
    buyers: Buyer[];
    skus: string[];
  }
}

const start = 'Start the shop first: npm run start:kind';

async function checkReleases(): Promise<void> {
  await kubectl(['get', 'namespace', namespace]).catch((cause) => {
    throw new Error(`context ${context} has no namespace ${namespace}. ${start}`, { cause });
  });
  const releases: { name: string }[] = JSON.parse(await helm(['list', '--output', 'json']));
  const missing = ['infra', 'sandbox', ...apps].filter((app) => !releases.some(({ name }) => name === app));
  if (missing.length > 0) throw new Error(`not released in ${context}: ${missing.join(', ')}. ${start}`);
}

/** Looks whether the shop runs in a cluster that may be broken, and signs up those who will buy. */
export async function setup(project: TestProject): Promise<void> {
  if (!permitted) {
    throw new Error(`these tests break things, and ${context} is not a kind cluster; to break it all the same:
  CLUSTER_TESTS_CONTEXT_OK=${context}`);
  }
  await checkReleases();
  await allReady().catch((cause) => {
    throw new Error(`the shop in ${context} is not well. ${start}`, { cause });
  });
  const shop = shopAt(gateway, () => sandbox);
  project.provide('buyers', await newBuyers(shop, 4));
  project.provide('skus', await skusOf(shop));
}
