import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { kubectl, read, until, upgrade } from './kube.ts';
import { signal } from './node.ts';
import { podFor, pods, readyPods } from './pods.ts';
import { putBackLater } from './release.ts';
import { allServed, steady, underLoad } from './shop.ts';

const withDatabase = ['user', 'order', 'payment', 'notification'];

/** How long a pod can fail its liveness probe before it is restarted. */
async function patienceOf(app: string): Promise<number> {
  const { spec } = await read('deployment', app);
  const { periodSeconds, failureThreshold, timeoutSeconds } = spec.template.spec.containers[0].livenessProbe;
  return (periodSeconds * failureThreshold + timeoutSeconds) * 1_000;
}

test('without a database a service is not ready, and is not restarted; with it again it is ready', async () => {
  await steady();
  const before = await Promise.all(withDatabase.map(podFor));
  const scale = (replicas: number) => kubectl(['scale', 'statefulset/postgresql', `--replicas=${replicas}`]);
  onTestFinished(async () => void (await scale(1)));
  await scale(0);
  for (const app of withDatabase)
    await until(`${app} is not ready`, async () => (await pods(app)).every(({ ready }) => !ready));
  const notReadySince = Date.now();
  const patience = await patienceOf('order');
  await until('a restart would have come by now', async () => Date.now() - notReadySince > patience);
  await scale(1);
  for (const app of withDatabase) await readyPods(app, 1);
  const same = (pod: { name: string; restarts: number }) => [pod.name, pod.restarts];
  expect((await Promise.all(withDatabase.map(podFor))).map(same)).toEqual(before.map(same));
});

test('a process that is stuck is restarted', async () => {
  await steady();
  const stuck = await podFor('order');
  await signal(stuck, 'STOP');
  await until('it is not ready', async () => !(await podFor('order')).ready);
  await until('it is restarted', async () => (await podFor('order')).restarts > stuck.restarts, 180_000);
  await readyPods('order', 1);
  expect((await podFor('order')).name).toBe(stuck.name);
});

/** The addresses to which the Service of an app sends. */
async function serving(app: string): Promise<string[]> {
  const { items } = await read('endpointslices', '--selector', `kubernetes.io/service-name=${app}`);
  const endpoints = items.flatMap((slice: { endpoints?: unknown[] }) => slice.endpoints ?? []);
  return endpoints
    .filter(({ conditions }: { conditions: { ready: boolean } }) => conditions.ready)
    .flatMap(({ addresses }: { addresses: string[] }) => addresses);
}

const slowly = (ms: number) => `--import=data:text/javascript,await%20new%20Promise(go=>setTimeout(go,${ms}))`;

test('a pod that starts slowly gets nothing before it is ready', async () => {
  const load = await underLoad();
  const old = await podFor('order');
  await putBackLater('order');
  const seen = new Set<string>();
  let upgraded = false;
  const watch = async () => {
    // each look costs a tenth of a second of a processor
    for (; !upgraded; await delay(1_000)) {
      const addresses = await serving('order-headless');
      const starting = (await pods('order')).filter(({ name, ready }) => name !== old.name && !ready);
      for (const { name, ip } of starting) {
        seen.add(name);
        expect(addresses, `${name} is not ready`).not.toContain(ip);
      }
    }
  };
  const slow = upgrade('order', { env: { NODE_OPTIONS: slowly(15_000) } }, '--no-hooks').finally(() => {
    upgraded = true;
  });
  await Promise.all([slow, watch()]);
  expect(seen.size).toBe(1);
  await allServed(load, 'slow start of order');
});
