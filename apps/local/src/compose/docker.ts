import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';
import { root } from '../images.ts';
import { Problem } from '../problem.ts';

/** The project's name in Docker; `docker compose -p chandlery` finds its containers. */
export const project = 'chandlery';

/** What the launcher keeps for Compose. */
export const directory = join(root, '.data', 'compose');
const variablesFile = join(directory, 'compose.env');

/** Writes down which images Compose is to take; without `tag` those of last time. */
export function prepareVariables(tag?: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (tag || !existsSync(variablesFile)) writeFileSync(variablesFile, `IMAGE_TAG=${tag ?? 'none'}\n`);
}

const succeeds = (...args: string[]): Promise<boolean> =>
  command('docker', args).then(
    () => true,
    () => false,
  );

/** Refuses what can't work, and says what to do about it. */
export async function checkDocker(): Promise<void> {
  const answers = await command('docker', ['version']).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') throw new Problem('needs docker: https://docs.docker.com/get-docker', { cause });
      return false;
    },
  );
  if (!answers) throw new Problem('Docker does not answer: is it started, and may you use it?');
  for (const plugin of ['compose', 'buildx']) {
    if (await succeeds(plugin, 'version')) continue;
    throw new Problem(`Docker has no ${plugin} plugin: https://docs.docker.com/${plugin}`);
  }
}

/** Puts what Docker says of the usual mishaps in terms of what to do. */
function explained(error: unknown): unknown {
  const { message } = error as Error;
  const port = /already (allocated|in use)/.test(message) && message.match(/127\.0\.0\.1:(\d+)/)?.[1];
  if (port) return new Problem(`port ${port} is taken: end who has it, or see --help for another`, { cause: error });
  const ill = message.match(/service "(\S+)" didn't complete|container chandlery-(\S+)-\d+ (is unhealthy|exited)/);
  const name = ill?.[1] ?? ill?.[2];
  if (!name) return error;
  return new Problem(`${name} did not come up; its log says why: docker compose -p ${project} logs ${name}`, {
    cause: error,
  });
}

/** Runs `docker compose` on everything in docker/compose.yaml. */
export async function compose(...args: string[]): Promise<string> {
  const file = join(root, 'docker', 'compose.yaml');
  const global = ['--file', file, '--env-file', variablesFile, '--profile', 'full', '--progress', 'quiet'];
  try {
    return await command('docker', ['compose', ...global, ...args]);
  } catch (error) {
    throw explained(error);
  }
}

/** Whether a container's image is there, or could be had. */
export const available = (service: string): Promise<boolean> =>
  compose('pull', '--policy', 'missing', service).then(
    () => true,
    () => false,
  );

export const volumeExists = (name: string): Promise<boolean> => succeeds('volume', 'inspect', `${project}_${name}`);

/** `host:port` of this machine where a container's port is published. */
export const published = async (service: string, port: number): Promise<string> =>
  (await compose('port', service, String(port))).trim();
