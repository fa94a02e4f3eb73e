import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CommandOptions, command } from '../../apps/local/src/command.ts';
import { context, namespace } from './settings.ts';

const where = ['--namespace', namespace];

/** Runs kubectl in the shop's namespace of the tested cluster; another `--namespace` among the arguments wins. */
export const kubectl = (args: readonly string[], options?: CommandOptions): Promise<string> =>
  command('kubectl', ['--context', context, ...where, ...args], options);

/** What `kubectl get` gives, read. */
// biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects are read where they are used
export const read = async <T = any>(...args: string[]): Promise<T> =>
  JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T;

/** The value of a key of a Secret. */
export async function secret(name: string, key: string): Promise<string> {
  const { data } = await read('secret', name);
  return Buffer.from(data[key], 'base64').toString();
}

/** Creates or changes an object. */
export const apply = (object: object, ...flags: string[]): Promise<string> =>
  kubectl(['apply', '--filename', '-', ...flags], { input: JSON.stringify(object) });

const chart = fileURLToPath(new URL('../../helm/service', import.meta.url));

/** Runs helm in the shop's namespace of the tested cluster. */
export const helm = (args: readonly string[], options?: CommandOptions): Promise<string> =>
  command('helm', ['--kube-context', context, ...where, ...args], options);

/** Upgrades an app's release by some of its values, and waits until all its pods are those. */
export const upgrade = (app: string, values: object, ...flags: string[]): Promise<string> =>
  helm(['upgrade', app, chart, '--reuse-values', '--values', '-', '--wait', '--timeout', '4m', ...flags], {
    input: JSON.stringify(values),
  });

/** Waits until `check` holds; an error of it counts as no, and is told when the time is up. A kubectl takes a tenth of a core: hence the pause. */
export async function until(what: string, check: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (let last: unknown = 'no'; ; await delay(1_000)) {
    try {
      if (await check()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1_000} s in vain: ${what} (${last})`);
  }
}
