import { Problem } from '../problem.ts';
import type { Say } from '../steps.ts';
import { checkAddress } from './check.ts';
import type { Color, State, Target } from './release.ts';

type BlueGreen = State & { blueGreen: NonNullable<State['blueGreen']> };

const other = (color: Color): Color => (color === 'blue' ? 'green' : 'blue');

/** A release as a pair of colours; one that has a single version is blue. */
const paired = (state: State): BlueGreen => ({
  image: state.image,
  strategy: 'blueGreen',
  blueGreen: state.blueGreen ?? { active: 'blue', blueTag: state.image.tag, greenTag: '' },
});

// both colours run already, and so does the database they share: nothing is migrated, so that this takes a second or two
const switched = (target: Target, { blueGreen, ...state }: BlueGreen) =>
  target.set(
    { ...state, blueGreen: { ...blueGreen, active: other(blueGreen.active) } },
    { migrations: { enabled: false } },
  );

/** Puts the new version up beside the old one, tests it on its own address, then switches the Service over. The old one stays up. */
export async function blueGreen(target: Target, tag: string, say: Say): Promise<void> {
  const now = paired(await target.state());
  const idle = other(now.blueGreen.active);
  const next = { ...now, blueGreen: { ...now.blueGreen, [`${idle}Tag`]: tag } };
  await target.set(next);
  await target.ready(idle === 'green' ? `${target.app}-green` : target.app);
  say(`${idle} is ${tag}; ${now.blueGreen.active} serves on`);
  await checkAddress(target, `${target.app}-preview`);
  say(`${idle} passed the check at ${target.app}-preview`);
  await switched(target, next);
  say(`${idle} serves; npm run deploy -- ${target.app} --back switches back, --finish ends the pair`);
}

/** The colour of before serves again. */
export async function switchBack(target: Target, say: Say): Promise<void> {
  const now = await target.state();
  if (!now.blueGreen || now.strategy !== 'blueGreen')
    throw new Problem(`${target.app} has no second colour to switch to`);
  await switched(target, paired(now));
  say(`${other(now.blueGreen.active)} serves again`);
}

/** Ends the pair: what serves now goes on as the only version. */
export async function finish(target: Target, say: Say): Promise<void> {
  const now = await target.state();
  const pair = now.strategy === 'blueGreen' && now.blueGreen;
  if (!pair) throw new Problem(`${target.app} has one version only`);
  const tag = pair[`${pair.active}Tag`];
  if (pair.active === 'green') {
    await target.set({ image: { tag }, strategy: 'blueGreen', blueGreen: { ...pair, blueTag: tag } });
    await target.ready();
    await target.set({ image: { tag }, strategy: 'blueGreen', blueGreen: { ...pair, active: 'blue', blueTag: tag } });
  }
  await target.set({ image: { tag } });
  say(`${tag} is the only version`);
}
