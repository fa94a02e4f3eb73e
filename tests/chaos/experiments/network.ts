import { stretch } from '../../experiments/stretch.ts';
import { every, network } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';

export const networkSlow: Experiment = {
  name: 'network-slow',
  hypothesis:
    'All that order sends or gets comes 200 ms later: a checkout, which asks the database some twenty times, takes too long. It is refused in time, and done once or not at all.',
  targets: ['compose', 'kind'],
  disruption: network('order', { latencyMs: 200 }, 'the network of order is slow'),
  lastsMs: 20_000,
  recoversInMs: 30_000,
  verdict: ({ report, timeline: { begun, ended } }) => {
    const silent = report.failures.filter(({ at, status }) => at > begun && at < ended && status === 0);
    return silent.length > 0 ? [`${silent.length} visits had no answer at all`] : [];
  },
};

export const networkLossy: Experiment = {
  name: 'network-lossy',
  hypothesis: '1 of 10 packets to order is lost: TCP sends it again, so visits take longer, and hardly one fails.',
  targets: ['kind'],
  disruption: network('order', { lossPercent: 10 }, 'packets to order are lost'),
  lastsMs: 20_000,
  recoversInMs: 20_000,
  verdict: ({ report, timeline: { begun, ended } }) => {
    const { served } = stretch(report.seconds, { from: begun / 1_000, to: ended / 1_000 });
    return served < 95 ? [`${Math.round(served)} % of the visits were served while packets were lost`] : [];
  },
};

export const networkCut: Experiment = {
  name: 'network-cut',
  hypothesis:
    'Every 2 seconds 1 of 3 connections of order is cut while it is used: what was on its way is refused, or repeated where that is safe, and nothing is done twice.',
  targets: ['compose'],
  disruption: every(2_000, network('order', { cutPercent: 33 }, 'connections of order are cut')),
  lastsMs: 20_000,
  recoversInMs: 20_000,
};
