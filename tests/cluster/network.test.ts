import { expect, onTestFinished, test } from 'vitest';
import { services } from '../../apps/local/src/topology.ts';
import { apply, kubectl, read } from './kube.ts';
import { forEveryone, reached, type Target, wanted } from './matrix.ts';
import { allReady, podFor, pods } from './pods.ts';
import { changed } from './release.ts';
import { namespace } from './settings.ts';
import { say } from './shop.ts';

const servers = ['postgresql', 'kafka', 'redis', 'jaeger'];

/** Every port of every pod. */
async function allTargets(): Promise<Target[]> {
  const found = await Promise.all([...services, ...servers].map(podFor));
  return found.flatMap(({ app, ip, ports }) => ports.map((port) => ({ app, ip, port })));
}

/** A pod that nothing was said about, with the image of an app. */
async function stranger(inNamespace: string): Promise<{ name: string }> {
  const { items } = await read('pods', '--selector', 'app.kubernetes.io/name=gateway');
  const { image, securityContext, resources } = items[0].spec.containers[0];
  const command = ['/nodejs/bin/node', '--eval', 'setInterval(() => {}, 1000)'];
  const name = 'stranger';
  await apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: inNamespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: items[0].spec.securityContext,
        containers: [{ name, image, command, securityContext, resources }],
      },
    },
    '--namespace',
    inNamespace,
  );
  onTestFinished(async () => void (await kubectl(['delete', 'pod', name, '--namespace', inNamespace, '--wait=false'])));
  await kubectl(['wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s', '--namespace', inNamespace]);
  return { name };
}

const label = ({ app, port }: Target) => `${app}:${port.number}`;
const patience = { timeout: 15_000, interval: 1_000 };

/** What a pod reaches, sorted. */
async function reachedBy(...[pod, has, targets, inside]: Parameters<typeof reached>): Promise<string[]> {
  const open = await reached(pod, has, targets, inside);
  return targets
    .filter((_, at) => open[at])
    .map(label)
    .sort();
}

/** One line of the matrix. */
const tell = (from: string, reaches: readonly string[], tried: number) =>
  say(`${from.padEnd(18)} reaches ${reaches.join(' ') || 'nothing'}; ${tried - reaches.length} time out`);

test('who may connect is who the topology says: every pod tries every port of every other', async () => {
  await allReady();
  const all = await allTargets();
  for (const app of [...services, 'postgresql', 'kafka', 'redis']) {
    const targets = all.filter((target) => target.app !== app);
    const reaches = await reachedBy(await podFor(app), servers.includes(app) ? 'bash' : 'node', targets);
    tell(app, reaches, targets.length);
    const expected = targets.filter((target) => wanted(app, target.app, target.port)).map(label);
    expect(reaches, `from ${app}`).toEqual(expected.sort());
  }
});

// a policy takes hold of a new pod some tenths of a second after it has begun

test('two pods of one app do not reach each other', async () => {
  await changed('order', { replicas: 2 });
  const [one, other] = await pods('order');
  const targets = (other?.ports ?? []).map((port) => ({ app: 'order', ip: other?.ip ?? '', port }));
  expect(targets).toHaveLength(2);
  await expect.poll(() => reachedBy({ name: one?.name ?? '' }, 'node', targets), patience).toEqual([]);
});

test('a pod that nothing is said about reaches nothing', async () => {
  const targets = await allTargets();
  const pod = await stranger(namespace);
  await expect.poll(() => reachedBy(pod, 'node', targets), patience).toEqual([]);
  tell('a stranger', [], targets.length);
});

test('from another namespace only what is open to the world can be reached', async () => {
  const targets = await allTargets();
  const pod = await stranger('default');
  await expect.poll(() => reachedBy(pod, 'node', targets, 'default'), patience).toEqual([...forEveryone].sort());
  tell('from elsewhere', forEveryone, targets.length);
});
