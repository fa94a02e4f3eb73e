import { targets } from '../../targets.ts';
import { fault, outside } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';
import { served } from './served.ts';

/** An order that is accepted for later is a 2xx, too: nobody is turned away because the provider is ill. */
const nobodyTurnedAway = served({ route: 'POST /orders' });

export const providerSlow: Experiment = {
  name: 'provider-slow',
  hypothesis:
    'The payment provider takes 5 seconds: orders are accepted with 202 in the meantime, and paid when it is itself again.',
  targets,
  disruption: outside('payments', { latencyMs: 5_000 }, 'the provider takes 5 s'),
  lastsMs: 15_000,
  recoversInMs: 15_000,
  verdict: nobodyTurnedAway,
};

export const providerFailing: Experiment = {
  name: 'provider-failing',
  hypothesis: 'The provider fails 3 of 10 requests: every order is paid all the same, once.',
  targets,
  disruption: outside('payments', { errorRate: 0.3 }, 'the provider fails 30 %'),
  lastsMs: 15_000,
  recoversInMs: 10_000,
  verdict: nobodyTurnedAway,
};

export const providerSilent: Experiment = {
  name: 'provider-silent',
  hypothesis: 'The provider does its work and cuts the connection: nobody is charged twice, and nobody for nothing.',
  targets,
  disruption: outside('payments', { dropAnswerRate: 0.7 }, 'the provider loses 70 % of its answers'),
  lastsMs: 15_000,
  recoversInMs: 15_000,
  verdict: nobodyTurnedAway,
};

export const paymentCrash: Experiment = {
  name: 'crash-after-charge',
  hypothesis:
    'payment dies between the charge at the provider and its own commit, again and again: each order is charged once, or not at all.',
  targets,
  disruption: fault(
    'payment',
    { kind: 'crash', at: 'stripe capture', when: 'after', percent: 20 },
    'crash after the charge',
  ),
  lastsMs: 10_000,
  recoversInMs: 30_000,
};
