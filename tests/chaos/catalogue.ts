import type { Experiment } from './experiment.ts';
import { diskFull } from './experiments/disk.ts';
import { consumerDead, mailServerAway, poisonEvent } from './experiments/events.ts';
import { kills } from './experiments/kills.ts';
import { networkCut, networkLossy, networkSlow } from './experiments/network.ts';
import {
  busyAndLeaking,
  clockSkew,
  deployment,
  orderPaused,
  orderRestarted,
  userPartitioned,
} from './experiments/peers.ts';
import { paymentCrash, providerFailing, providerSilent, providerSlow } from './experiments/provider.ts';
import { kafkaAway, postgresqlRestart, redisAway } from './experiments/servers.ts';

/** All experiments, in the order in which to read about them. */
export const experiments: readonly Experiment[] = [
  ...kills,
  orderRestarted,
  orderPaused,
  deployment,
  paymentCrash,
  providerSlow,
  providerFailing,
  providerSilent,
  userPartitioned,
  networkSlow,
  networkLossy,
  networkCut,
  consumerDead,
  mailServerAway,
  poisonEvent,
  postgresqlRestart,
  kafkaAway,
  redisAway,
  busyAndLeaking,
  clockSkew,
  diskFull,
];
