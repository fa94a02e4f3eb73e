import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { command } from '../../apps/local/src/command.ts';
import { services } from '../../apps/local/src/topology.ts';
import { helm, until } from './kube.ts';
import { allReady } from './pods.ts';
import { context } from './settings.ts';
import { buy, say } from './shop.ts';

const there = !spawnSync('skaffold', ['version'], { stdio: 'ignore' }).error;
if (!there) say('tests of skaffold are skipped: it is not on the PATH');

const skaffold = (...args: string[]) =>
  command('skaffold', [...args, '--kube-context', context, '--interactive=false', '--update-check=false']);
const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = fileURLToPath(new URL('../../apps/local/src/kind/main.ts', import.meta.url));

const released = async (): Promise<string[]> =>
  JSON.parse(await helm(['list', '--output', 'json'])).map(({ name }: { name: string }) => name);

describe.skipIf(!there)('skaffold', () => {
  process.chdir(root);
  afterAll(() => command(process.execPath, [launcher, '--no-sample']), 600_000);

  test('builds all images, and renders every environment', async () => {
    const built = JSON.parse(await command('skaffold', ['build', '--quiet', '--kube-context', context]));
    expect(built.builds.map(({ imageName }: { imageName: string }) => imageName)).toEqual(
      services.map((app) => `chandlery/${app}`),
    );
    for (const profile of ['staging', 'production']) {
      const rendered = await command('skaffold', [
        'render',
        '--profile',
        profile,
        '--digest-source',
        'none',
        '--offline',
      ]);
      expect(rendered).toContain('name: gateway');
      expect(rendered).not.toContain('name: sandbox');
    }
  }, 600_000);

  test('delete takes everything away, and run brings a shop that sells', async () => {
    await skaffold('delete');
    expect(await released()).toEqual([]);
    await skaffold('run');
    await allReady();
    await until('an order is paid', async () => (await buy()).status === 201);
  }, 900_000);
});
