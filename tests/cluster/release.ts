import { onTestFinished } from 'vitest';
import { helm, upgrade } from './kube.ts';

async function revision(app: string): Promise<number> {
  const [last] = JSON.parse(await helm(['history', app, '--max', '1', '--output', 'json']));
  return last.revision;
}

/** Puts an app's release back to what it is now, when the test ends. */
export async function putBackLater(app: string): Promise<void> {
  const now = await revision(app);
  onTestFinished(async () => {
    if ((await revision(app)) !== now) await helm(['rollback', app, String(now), '--wait', '--timeout', '4m']);
  }, 300_000);
}

/** Changes some values of a release until the test ends. Nothing is migrated, since the version stays. */
export async function changed(app: string, values: object): Promise<void> {
  await putBackLater(app);
  await upgrade(app, values, '--no-hooks');
}
