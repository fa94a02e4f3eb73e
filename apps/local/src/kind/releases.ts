import { join } from 'node:path';
import { command } from '../command.ts';
import { root } from '../images.ts';
import { services } from '../topology.ts';

export const environments = ['dev', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

export interface Release {
  name: string;
  /** Directory of the chart, from the repository's root. */
  chart: string;
  /** Files of values, the later ones win. */
  values: string[];
}

export const namespaceOf = (env: Environment): string => `chandlery-${env}`;

/** The apps of an environment: outside of dev the world is real, and there is no sandbox. */
export const appsOf = (env: Environment): string[] => services.filter((name) => name !== 'sandbox' || env === 'dev');

/** The release of an app: what the app is, then what is there in the environment. */
export const releaseOf = (app: string, env: Environment): Release => ({
  name: app,
  chart: 'helm/service',
  values: [`helm/values/${app}.yaml`, `helm/values/env/${env}.yaml`],
});

/** The servers that production has elsewhere. */
export const infra: Release = { name: 'infra', chart: 'helm/infra', values: [] };

/** Everything of an environment, as `skaffold.yaml` has it too. */
export const releasesOf = (env: Environment): Release[] => [
  ...(env === 'dev' ? [infra] : []),
  ...appsOf(env).map((app) => releaseOf(app, env)),
];

export interface Install {
  context: string;
  env: Environment;
  /** Values that win over the files, as a tree. */
  values?: object;
  signal?: AbortSignal;
}

/** Installs or upgrades one release; its migration has run when this returns, its pods may not be ready yet. */
export async function install(release: Release, { context, env, values = {}, signal }: Install): Promise<void> {
  const files = release.values.flatMap((file) => ['--values', join(root, file)]);
  const where = ['--kube-context', context, '--namespace', namespaceOf(env)];
  const args = ['upgrade', '--install', release.name, join(root, release.chart), ...where, ...files, '--values', '-'];
  const input = JSON.stringify(values);
  await command('helm', [...args, '--timeout', '3m'], { input, ...(signal && { signal }) });
}
