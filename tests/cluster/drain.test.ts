import { expect, onTestFinished, test } from 'vitest';
import { kubectl, read, until } from './kube.ts';
import { apps, type Pod, pods, readyPods } from './pods.ts';
import { changed } from './release.ts';
import { namespace } from './settings.ts';
import { allServed, auditHolds, say, underLoad } from './shop.ts';

const workers = (await read('nodes', '--selector', '!node-role.kubernetes.io/control-plane')).items;

async function twoOfEach(): Promise<void> {
  for (const app of apps) await changed(app, { replicas: 2 });
  for (const app of apps) await readyPods(app, 2);
}

/** Asks the API to evict a pod; false while its disruption budget does not allow it. */
async function evicted({ name }: Pod): Promise<boolean> {
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

test('all pods are evicted at once, as a drain does it: budgets let them go one by one, and no request fails', async () => {
  await twoOfEach();
  const load = await underLoad();
  const before = (await Promise.all(apps.map(pods))).flat();
  let held = 0;
  await Promise.all(
    before.map((pod) =>
      until(`${pod.name} is evicted`, async () => {
        const done = await evicted(pod);
        if (!done) held++;
        return done;
      }),
    ),
  );
  expect(held, 'evictions that a budget held up').toBeGreaterThan(0);
  for (const app of apps) await readyPods(app, 2);
  const after = (await Promise.all(apps.map(pods))).flat().map(({ name }) => name);
  for (const { name } of before) expect(after).not.toContain(name);
  const { accepted } = await allServed(load, `${before.length} pods evicted`);
  await auditHolds(accepted);
});

test.skipIf(workers.length === 0)('a worker is drained: no request fails', async () => {
  await twoOfEach();
  const [{ node } = { node: '' }] = (await pods('order')).filter(
    // biome-ignore lint/suspicious/noExplicitAny: the API's own Node
    (pod) => workers.some(({ metadata }: any) => metadata.name === pod.node),
  );
  const load = await underLoad();
  onTestFinished(async () => void (await kubectl(['uncordon', node])));
  // servers stay: on kind their volumes are on the node
  const drained = 'app.kubernetes.io/component=service,app.kubernetes.io/name!=sandbox';
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--pod-selector', drained, '--timeout', '4m'];
  say((await kubectl(['drain', node, ...flags])).trim().split('\n').at(-1) ?? '');
  for (const app of apps) await readyPods(app, 2);
  const { accepted } = await allServed(load, `drain of ${node}`);
  await auditHolds(accepted);
});
