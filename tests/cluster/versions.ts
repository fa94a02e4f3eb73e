import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { command } from '../../apps/local/src/command.ts';
import { imageOf } from '../../apps/local/src/images.ts';
import { cluster } from '../../apps/local/src/kind/cluster.ts';
import { read } from './kube.ts';

/** The tag that an app's Deployment runs. */
export async function tagOf(deployment: string): Promise<string> {
  const { spec } = await read('deployment', deployment);
  return spec.template.spec.containers[0].image.split(':').at(-1);
}

/** Builds a next version of an app out of the one that runs, with some files changed, and copies it into the cluster; its tag. */
export async function nextVersion(app: string, name: string, files: Record<string, string> = {}): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'chandlery-next-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'changed'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, 'changed', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const from = imageOf(app, await tagOf(app));
  writeFileSync(join(directory, 'Dockerfile'), `FROM ${from}\nLABEL version=${name}\nCOPY changed /app/apps/${app}\n`);
  const image = imageOf(app, name);
  await command('docker', ['build', '--quiet', '--tag', image, directory]);
  onTestFinished(async () => void (await command('docker', ['image', 'rm', image])));
  await command('kind', ['load', 'docker-image', '--name', cluster, image]);
  return name;
}

const deployCommand = fileURLToPath(new URL('../../apps/local/src/deploy/main.ts', import.meta.url));

/** Runs `npm run deploy -- <args>`; what it said. A failure is its words. */
export const deploy = (...args: string[]): Promise<string> => command(process.execPath, [deployCommand, ...args]);
