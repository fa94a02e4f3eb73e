import { targets } from '../../targets.ts';
import { deploy, fault, kill, partition, pause, together } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';

export const userPartitioned: Experiment = {
  name: 'user-partitioned',
  hypothesis: 'Nobody reaches user: who has signed in goes on shopping, since tokens and keys are checked without it.',
  targets,
  disruption: partition('user'),
  lastsMs: 15_000,
  recoversInMs: 30_000,
};

export const orderPaused: Experiment = {
  name: 'order-paused',
  hypothesis: 'order stands still for 10 seconds: calls end by their deadlines, and what it had begun ends once.',
  targets,
  disruption: pause('order'),
  lastsMs: 10_000,
  recoversInMs: 20_000,
};

export const orderRestarted: Experiment = {
  name: 'order-restarted',
  hypothesis: 'All of order dies at once: it comes back by itself, and finishes what it had accepted.',
  targets,
  disruption: kill('order'),
  lastsMs: 2_000,
  recoversInMs: 20_000,
};

export const deployment: Experiment = {
  name: 'deploy',
  hypothesis: 'Every service is replaced while people shop: nothing is lost, and on Kubernetes nobody is turned away.',
  targets,
  disruption: deploy('user', 'payment', 'order', 'notification', 'gateway'),
  lastsMs: 15_000,
  recoversInMs: 20_000,
};

export const busyAndLeaking: Experiment = {
  name: 'order-exhausted',
  hypothesis: 'order loses most of a core and leaks memory: it is slower, and correct.',
  targets,
  disruption: together(
    'order exhausted',
    fault('order', { kind: 'cpu', percent: 60, forMs: 15_000 }),
    fault('order', { kind: 'leak', megabytesPerSecond: 4, forMs: 15_000 }),
  ),
  lastsMs: 15_000,
  recoversInMs: 20_000,
};

export const clockSkew: Experiment = {
  name: 'clock-skew',
  hypothesis:
    'The clock of order is 4 minutes ahead, that of payment 4 minutes behind: tokens are good still, and nothing is done twice or given up.',
  targets,
  disruption: together(
    'clocks apart',
    fault('order', { kind: 'skew', ms: 240_000 }, 'order ahead'),
    fault('payment', { kind: 'skew', ms: -240_000 }, 'payment behind'),
  ),
  lastsMs: 15_000,
  recoversInMs: 15_000,
};
