import type { Logger } from '@chandlery/telemetry';
import { type logCreator, logLevel } from 'kafkajs';

/** kafkajs' own lines, one level lower than it has them: what it calls an error it mostly mends by itself, and what it does not, we log. */
export const kafkaLog =
  (log: Logger): logCreator =>
  () =>
  ({ level, log: { message, groupId, error } }) =>
    log[level === logLevel.ERROR ? 'info' : 'debug']({ groupId, reason: error }, message);
