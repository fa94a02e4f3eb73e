import { loginUrl } from '../../apps/local/src/databases.ts';
import type { ServiceName } from '../../apps/local/src/topology.ts';
import { findTarget, sourcesOf } from '../audit/targets.ts';
import { forward } from '../cluster/forward.ts';
import { apply, kubectl, read, secret } from '../cluster/kube.ts';
import { signal as signalPod } from '../cluster/node.ts';
import { allReady, type Pod, podFor, pods, restart } from '../cluster/pods.ts';
import { gateway, sandbox } from '../cluster/settings.ts';
import { asking } from './containers.ts';
import { podNetwork } from './pod-network.ts';
import type { ProcessName, ServerName, Signal, Victim } from './victim.ts';

async function signal(name: ProcessName, how: Signal): Promise<unknown> {
  const pod = await podFor(name);
  if (how === 'SIGTERM') return kubectl(['delete', 'pod', pod.name, '--wait=false']);
  return signalPod(pod, how.slice(3) as 'KILL' | 'STOP' | 'CONT');
}

const ask = ({ name, app }: Pod, method: string, path: string, body?: unknown) =>
  kubectl(['exec', name, '--container', app, '--', ...asking(method, path, body)]);

async function takeAway(name: ServerName) {
  const scale = (replicas: number) => kubectl(['scale', `statefulset/${name}`, `--replicas=${replicas}`]);
  await scale(0);
  return async () => {
    await scale(1);
    await allReady();
  };
}

/** Takes from a service's NetworkPolicy all that it allows. */
async function partition(name: ServiceName) {
  const { apiVersion, kind, spec } = await read('networkpolicy', name);
  const policy = (rules: object) => ({ apiVersion, kind, metadata: { name }, spec: { ...spec, ...rules } });
  await apply(policy({ ingress: [], egress: [] }));
  return () => apply(policy({}));
}

/** The shop that `npm run start:kind` has brought up. */
export async function kindVictim(): Promise<Victim> {
  await allReady();
  return {
    target: 'kind',
    gateway,
    sandbox,
    sources: async (ways) => sourcesOf((await findTarget({ target: 'kind' }, {}, ways)).addresses),
    database: async (name, ways) => {
      const { port } = ways.use(await forward('service/postgresql', 5432));
      const password = await secret('postgresql', `${name.toUpperCase()}_PASSWORD`);
      return loginUrl(`postgres://127.0.0.1:${port}`, { name, password });
    },
    signal,
    restart: (name) => restart(name),
    ops: async (name, method, path, body) => Promise.all((await pods(name)).map((pod) => ask(pod, method, path, body))),
    takeAway,
    partition,
    network: async (name, illness) => podNetwork(await pods(name), illness),
    unwell: async () => (await pods()).flatMap(({ name, ready }) => (ready ? [] : [`${name} is not ready`])),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
