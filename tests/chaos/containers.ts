import { command } from '../../apps/local/src/command.ts';

/** A program for Node inside a container, which has nothing else: one request to its ops port. */
export const asking = (method: string, path: string, body?: unknown): string[] => {
  const init = JSON.stringify({ method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const url = JSON.stringify(`http://127.0.0.1:9464${path}`);
  const program = `fetch(${url}, ${init}).then(async (answer) => {
    process.stdout.write(await answer.text());
    process.exitCode = answer.ok ? 0 : 1;
  })`;
  return ['/nodejs/bin/node', '--eval', program];
};

export const docker = (...args: string[]): Promise<string> => command('docker', args);
