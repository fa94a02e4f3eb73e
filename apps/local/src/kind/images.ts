import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';
import { imageOf, root } from '../images.ts';
import { cluster } from './cluster.ts';

/** The images that helm/infra names. */
const servers = (): string[] =>
  [...readFileSync(join(root, 'helm/infra/values.yaml'), 'utf8').matchAll(/\bimage: *"?([\w./-]+:[\w.-]+)/g)].map(
    ([, image]) => image ?? '',
  );

const atHand = (image: string): Promise<boolean> =>
  command('docker', ['image', 'inspect', image]).then(
    () => true,
    () => false,
  );

/** Copies the images of `apps` into every node. */
export async function loadImages(apps: readonly string[], tag: string, signal?: AbortSignal): Promise<void> {
  await load(
    apps.map((app) => imageOf(app, tag)),
    signal,
  );
}

/** Copies what is at hand of the servers' images, so that the cluster need not pull it. */
export async function loadServers(signal?: AbortSignal): Promise<void> {
  const found = await Promise.all(servers().map(async (image) => ((await atHand(image)) ? [image] : [])));
  await load(found.flat(), signal);
}

async function load(images: readonly string[], signal?: AbortSignal): Promise<void> {
  if (images.length === 0) return;
  await command('kind', ['load', 'docker-image', '--name', cluster, ...images], signal && { signal });
}
