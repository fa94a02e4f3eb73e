import { services } from '../../apps/local/src/topology.ts';
import { kubectl, read, until } from './kube.ts';

/** The five services; the sandbox is the outside world. */
export const apps = services.filter((name) => name !== 'sandbox');

export interface Port {
  name: string;
  number: number;
}

export interface Pod {
  name: string;
  app: string;
  node: string;
  ip: string;
  ready: boolean;
  /** It has been told to end. */
  ending: boolean;
  restarts: number;
  containerId: string;
  /** Milliseconds since 1970 at which it became ready. */
  readyAt: number;
  ports: Port[];
}

// biome-ignore lint/suspicious/noExplicitAny: the API's own Pod
function podOf({ metadata, spec, status }: any): Pod {
  const [container] = status.containerStatuses ?? [];
  const ready = status.conditions?.find(({ type }: { type: string }) => type === 'Ready');
  const ports = spec.containers[0].ports ?? [];
  return {
    name: metadata.name,
    app: metadata.labels['app.kubernetes.io/name'],
    node: spec.nodeName,
    ip: status.podIP,
    ready: ready?.status === 'True',
    ending: metadata.deletionTimestamp !== undefined,
    restarts: container?.restartCount ?? 0,
    containerId: (container?.containerID ?? '').replace(/^.*:\/\//, ''),
    readyAt: Date.parse(ready?.lastTransitionTime),
    ports: ports.map(({ name, containerPort }: { name: string; containerPort: number }) => ({
      name,
      number: containerPort,
    })),
  };
}

const running = ['--field-selector', 'status.phase=Running'];

/** The pods that run, of one app or of all; those that end are left out. */
export async function pods(app?: string): Promise<Pod[]> {
  const selector = app ? ['--selector', `app.kubernetes.io/name=${app}`] : [];
  const { items } = await read('pods', ...selector, ...running);
  return (items as unknown[]).map(podOf).filter(({ ending }) => !ending);
}

/** The one pod of an app; with several, the first. */
export async function podFor(app: string): Promise<Pod> {
  const [pod] = await pods(app);
  if (!pod) throw new Error(`${app} has no pod`);
  return pod;
}

/** Waits until every pod of the app is ready, and there are so many. */
export const readyPods = (app: string, count: number): Promise<void> =>
  until(`${app} has ${count} pods, all ready`, async () => {
    const found = await pods(app);
    return found.length === count && found.every(({ ready }) => ready);
  });

/** Waits until everything that should run does. */
export async function allReady(): Promise<void> {
  const everything = 'deployment,statefulset';
  await until('everything is ready', async () => {
    const { items } = await read(everything);
    return items.every(
      // biome-ignore lint/suspicious/noExplicitAny: the API's own Deployment
      ({ metadata, spec, status }: any) =>
        status.observedGeneration === metadata.generation &&
        (status.updatedReplicas ?? 0) === spec.replicas &&
        (status.readyReplicas ?? 0) === spec.replicas &&
        (status.replicas ?? 0) === spec.replicas,
    );
  });
}

/** Waits until these pods have ended, and not only been told to. */
export const gone = (old: readonly Pod[]): Promise<void> =>
  until(`${old.map(({ name }) => name).join(', ')} ended`, async () => {
    const { items } = await read('pods');
    return items.every(({ metadata }: { metadata: { name: string } }) =>
      old.every(({ name }) => name !== metadata.name),
    );
  });

/** Replaces an app's pods, one after the other, and waits until the last old one is gone. */
export async function restart(app: string): Promise<void> {
  const old = await pods(app);
  await kubectl(['rollout', 'restart', `deployment/${app}`]);
  await kubectl(['rollout', 'status', `deployment/${app}`, '--timeout', '3m']);
  await gone(old);
}

/** Runs JavaScript inside an app's container, which has nothing but Node. */
export const execNode = (pod: Pod, script: string): Promise<string> =>
  kubectl(['exec', pod.name, '--container', pod.app, '--', '/nodejs/bin/node', '--eval', script]);
