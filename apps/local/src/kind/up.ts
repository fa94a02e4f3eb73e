import { join } from 'node:path';
import { command } from '../command.ts';
import { buildImages, revision, root } from '../images.ts';
import type { Secrets } from '../secrets.ts';
import { type Say, step } from '../steps.ts';
import { services } from '../topology.ts';
import { clusterExists, context, createCluster } from './cluster.ts';
import { prepareSecrets } from './credentials.ts';
import { loadImages, loadServers } from './images.ts';
import type { Place } from './kubectl.ts';
import { appsOf, type Environment, infra, install, namespaceOf, releaseOf } from './releases.ts';
import { checkTools } from './tools.ts';
import { waitFor } from './wait.ts';

export interface UpOptions {
  nodes: 1 | 3;
  /** The node image, where it isn't kind's default. */
  nodeImage: string | undefined;
  say: Say;
  signal: AbortSignal;
}

const env: Environment = 'dev';
const place: Place = { context, namespace: namespaceOf(env) };

/** The cluster, and beside it the images, which then are copied there; their tag. */
async function ground({ nodes, nodeImage, say, signal }: UpOptions): Promise<string> {
  const tag = await revision();
  const made = async () => {
    if (await clusterExists()) return say('the cluster is there');
    return step(say, 'cluster made', () => createCluster(nodes, nodeImage, signal));
  };
  await Promise.all([made(), step(say, `images built: ${tag}`, () => buildImages(tag, undefined, signal))]);
  await step(say, 'images loaded into the nodes', async () => {
    await loadServers(signal);
    await loadImages(services, tag, signal);
  });
  return tag;
}

/** Namespaces with their quotas and limits, roles, priorities, and the Secrets which the releases read. */
export async function prepare(): Promise<Secrets> {
  const files = ['namespaces', 'priority-classes.yaml', 'rbac.yaml'].flatMap((file) => ['-f', join(root, 'k8s', file)]);
  await command('kubectl', ['--context', context, 'apply', ...files]);
  return prepareSecrets(place);
}

/** Brings the whole shop up on kind, or up to date; what is as it should be stays untouched. */
export async function up(options: UpOptions): Promise<Secrets> {
  const { say, signal } = options;
  say((await checkTools()).join(', '));
  const tag = await ground(options);
  const secrets = await step(say, `namespace ${place.namespace} and its Secrets`, prepare);
  const into = { context, env, signal };
  await step(say, 'PostgreSQL, Kafka and Redis are ready', async () => {
    await install(infra, into);
    await waitFor(place, ['statefulset/postgresql', 'statefulset/kafka', 'statefulset/redis'], signal);
  });
  const apps = appsOf(env);
  await step(say, `released: ${apps.join(', ')}`, () =>
    Promise.all(apps.map((app) => install(releaseOf(app, env), { ...into, values: { image: { tag } } }))),
  );
  await step(say, 'every pod is ready', () =>
    waitFor(
      place,
      apps.map((app) => `deployment/${app}`),
      signal,
    ),
  );
  return secrets;
}
