import { Problem } from '../problem.ts';
import type { Say } from '../steps.ts';
import type { Target } from './release.ts';

/** Pod by pod; a version that never gets ready is taken back, and the old one has served all the time. */
export async function rolling(target: Target, tag: string, say: Say): Promise<void> {
  const { image, strategy } = await target.state();
  if (strategy !== 'rolling')
    throw new Problem(`${target.app} has two versions (${strategy}): npm run deploy -- ${target.app} --finish first`);
  try {
    await target.set({ image: { tag } });
    await target.ready();
  } catch (cause) {
    await target.rollback();
    throw new Problem(`${tag} did not get ready, and ${image.tag} serves on: ${(cause as Error).message}`, { cause });
  }
  say(`${target.app} ${image.tag} → ${tag}`);
}
