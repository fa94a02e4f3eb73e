import { rmSync } from 'node:fs';
import { compose, directory, prepareVariables } from './docker.ts';

/** Removes the containers; with `volumes` also what they have stored, and the secrets to it. */
export async function down(volumes: boolean): Promise<void> {
  prepareVariables();
  await compose('down', '--remove-orphans', ...(volumes ? ['--volumes'] : []));
  if (volumes) rmSync(directory, { recursive: true, force: true });
}
