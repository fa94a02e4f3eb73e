import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { kubectl, read } from './kube.ts';
import { apps, gone, type Pod, pods, readyPods } from './pods.ts';
import { changed } from './release.ts';
import { namespace } from './settings.ts';
import { allServed, auditHolds, say, underLoad } from './shop.ts';

const workers = (await read('nodes', '--selector', '!node-role.kubernetes.io/control-plane')).items;

/** Asks the API to evict a pod; false while its disruption budget does not allow it. */
async function evict({ name }: Pod): Promise<boolean> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  try {
    await kubectl(['create', '--raw', path, '--filename', '-'], { input: JSON.stringify(eviction) });
    return true;
  } catch (error) {
    if (/disruption budget/.test(String(error))) return false;
    throw error;
  }
}

/** Evicts a pod as `kubectl drain` does: it asks every five seconds, until the budget allows it. Tells how often it did not. */
async function evicted(pod: Pod): Promise<number> {
  for (let held = 0; ; held++) {
    if (await evict(pod)) return held;
    await delay(5_000);
  }
}

test.each(apps)(
  'both pods of %s are evicted: its budget lets them go one by one, and no request fails',
  async (app) => {
    await changed(app, { replicas: 2 });
    const load = await underLoad();
    const before = await pods(app);
    const held = await Promise.all(before.map(evicted));
    expect(
      held.reduce((sum, times) => sum + times),
      'evictions that the budget held up',
    ).toBeGreaterThan(0);
    await gone(before);
    await readyPods(app, 2);
    const { accepted } = await allServed(load, `eviction of ${app}`);
    await auditHolds(accepted);
  },
);

test.skipIf(workers.length === 0)('a worker is drained: no request fails', async () => {
  for (const app of apps) await changed(app, { replicas: 2 });
  const [{ node } = { node: '' }] = (await pods('order')).filter(
    // biome-ignore lint/suspicious/noExplicitAny: the API's own Node
    (pod) => workers.some(({ metadata }: any) => metadata.name === pod.node),
  );
  const old = (await Promise.all(apps.map(pods))).flat().filter((pod) => pod.node === node);
  const load = await underLoad();
  onTestFinished(async () => void (await kubectl(['uncordon', node])));
  // servers stay: on kind their volumes are on the node
  const drained = 'app.kubernetes.io/component=service,app.kubernetes.io/name!=sandbox';
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--pod-selector', drained, '--timeout', '4m'];
  say((await kubectl(['drain', node, ...flags])).trim().split('\n').at(-1) ?? '');
  await gone(old);
  for (const app of apps) await readyPods(app, 2);
  const { accepted } = await allServed(load, `drain of ${node}`);
  await auditHolds(accepted);
});
