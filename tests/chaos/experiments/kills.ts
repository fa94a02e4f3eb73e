import { targets } from '../../targets.ts';
import { every, kill } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';

const services = ['gateway', 'user', 'order', 'payment', 'notification'] as const;

/** One for each service. */
export const kills: readonly Experiment[] = services.map((name) => ({
  name: `kill-${name}`,
  hypothesis: `${name} dies without a word every 5 seconds: what was accepted is finished, and a moment after the last death all are served.`,
  targets,
  disruption: every(5_000, kill(name)),
  lastsMs: 20_000,
  recoversInMs: 30_000,
}));
