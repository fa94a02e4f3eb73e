import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from '../command.ts';
import { root } from '../images.ts';
import { Problem } from '../problem.ts';
import { replaceFile } from '../replace-file.ts';

export const cluster = 'chandlery';
export const context = `kind-${cluster}`;

const own = join(root, '.data', 'kind');
const encryption = join(own, 'encryption', 'config.yaml');

/** kind's own configuration for so many nodes. */
export const configuration = (nodes: 1 | 3): string =>
  join(root, 'k8s', 'kind', nodes === 1 ? 'one-node.yaml' : 'three-nodes.yaml');

/** Makes the key with which the API server encrypts Secrets in etcd, if this clone has none yet. */
export function prepareEncryption(): void {
  if (existsSync(encryption)) return;
  mkdirSync(dirname(encryption), { recursive: true, mode: 0o700 });
  const keys = [{ name: 'key1', secret: randomBytes(32).toString('base64') }];
  const resources = [{ resources: ['secrets'], providers: [{ secretbox: { keys } }, { identity: {} }] }];
  const apiVersion = 'apiserver.config.k8s.io/v1';
  replaceFile(encryption, { apiVersion, kind: 'EncryptionConfiguration', resources }, 0o600);
}

export const clusterExists = async (): Promise<boolean> =>
  (await command('kind', ['get', 'clusters'])).split('\n').includes(cluster);

/** Makes the cluster; `image` is the node image, where it isn't kind's default. */
export async function createCluster(nodes: 1 | 3, image: string | undefined, signal: AbortSignal): Promise<void> {
  prepareEncryption();
  process.chdir(root);
  const flags = [
    '--name',
    cluster,
    '--config',
    configuration(nodes),
    '--wait',
    '180s',
    ...(image ? ['--image', image] : []),
  ];
  try {
    await command('kind', ['create', 'cluster', ...flags], { signal });
  } catch (cause) {
    if (!/port is already allocated|address already in use/.test(String(cause))) throw cause;
    throw new Problem(`a port of ${configuration(nodes)} is taken by another program: end that, or change it there`, {
      cause,
    });
  }
}

/** Removes the cluster with all that is in it, its context, and the key of its Secrets. */
export async function deleteCluster(): Promise<void> {
  await command('kind', ['delete', 'cluster', '--name', cluster]);
  rmSync(own, { recursive: true, force: true });
}
