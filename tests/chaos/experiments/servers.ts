import { targets } from '../../targets.ts';
import { away, kill } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';
import { served } from './served.ts';

export const postgresqlRestart: Experiment = {
  name: 'postgresql-restart',
  hypothesis: 'PostgreSQL dies and comes back: whoever was told 2xx has an order, and nobody needs a restart to go on.',
  targets,
  disruption: kill('postgresql'),
  lastsMs: 5_000,
  recoversInMs: 45_000,
};

export const kafkaAway: Experiment = {
  name: 'kafka-away',
  hypothesis:
    'Without Kafka for a minute all orders are placed and paid; their events wait in the outbox, and their mails come later.',
  targets: ['compose', 'kind'],
  disruption: away('kafka'),
  lastsMs: 60_000,
  recoversInMs: 10_000,
  verdict: served(),
};

export const redisAway: Experiment = {
  name: 'redis-away',
  hypothesis:
    'Without Redis the gateway limits and remembers by itself: hardly a visit fails, and nobody is signed out.',
  targets: ['compose', 'kind'],
  disruption: away('redis'),
  lastsMs: 15_000,
  recoversInMs: 15_000,
  verdict: served({ afterwards: true, save: 0.05 }),
};
