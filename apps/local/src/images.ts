import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';
import { services } from './topology.ts';

/** The repository, from which images are built. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

const git = (...args: string[]) => command('git', ['-C', root, ...args]);

/** Names the state of the sources: the commit, and what differs from it. */
export async function revision(): Promise<string> {
  const commit = (await git('rev-parse', '--short=12', 'HEAD')).trim();
  const sources = ['apps', 'libs', 'docker/Dockerfile', 'package.json', 'package-lock.json', '.npmrc'];
  const changes = await git('diff', 'HEAD', '--', ...sources);
  const untracked = (await git('ls-files', '--others', '--exclude-standard', '-z', '--', ...sources)).split('\0');
  if (changes === '' && untracked.length === 1) return commit;
  const hash = createHash('sha256').update(changes);
  for (const file of untracked.slice(0, -1)) hash.update(file).update(readFileSync(join(root, file)));
  return `${commit}-${hash.digest('hex').slice(0, 8)}`;
}

/** The image of an app. */
export const imageOf = (app: string, tag: string): string => `chandlery/${app}:${tag}`;

async function build(app: string, tag: string, signal?: AbortSignal): Promise<void> {
  const args = ['--build-arg', `APP=${app}`, '--build-arg', `REVISION=${tag}`, '--tag', imageOf(app, tag)];
  const file = ['--file', join(root, 'docker', 'Dockerfile')];
  await command('docker', ['build', '--quiet', ...file, ...args, root], signal && { signal });
}

/** Builds the images of `apps` under `tag`. The first goes ahead: what they have in common is then there for the others. */
export async function buildImages(
  tag: string,
  apps: readonly string[] = services,
  signal?: AbortSignal,
): Promise<void> {
  const [first, ...others] = apps;
  if (first) await build(first, tag, signal);
  await Promise.all(others.map((app) => build(app, tag, signal)));
}
