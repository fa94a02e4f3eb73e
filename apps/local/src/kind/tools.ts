import { command } from '../command.ts';
import { Problem } from '../problem.ts';

const tools = {
  docker: { args: ['version', '--format', '{{.Server.Version}}'], get: 'https://docs.docker.com/get-docker' },
  kind: { args: ['version', '--quiet'], get: 'https://kind.sigs.k8s.io' },
  helm: { args: ['version', '--template', '{{.Version}}'], get: 'https://helm.sh/docs/intro/install' },
  kubectl: { args: ['version', '--client', '-o', 'json'], get: 'https://kubernetes.io/docs/tasks/tools' },
} as const;

async function version(name: keyof typeof tools): Promise<string> {
  const { args, get } = tools[name];
  try {
    const output = await command(name, args);
    return `${name} ${output.match(/\d+\.\d+\.\d+/)?.[0] ?? output.trim()}`;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(`needs ${name}: ${get}`, { cause });
    throw name === 'docker' ? new Problem('Docker does not answer: is it started?', { cause }) : cause;
  }
}

/** The tools that a cluster on this machine takes, with their versions; a problem names the first that is missing, and where to get it. */
export const checkTools = (): Promise<string[]> =>
  Promise.all((Object.keys(tools) as (keyof typeof tools)[]).map(version));
