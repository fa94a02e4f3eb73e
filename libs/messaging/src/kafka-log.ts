import type { Logger } from '@chandlery/telemetry';
import { type logCreator, logLevel } from 'kafkajs';

/** kafkajs' own lines, one level lower than it has them: what it calls an error it mostly mends by itself, and what it does not, we log. */
export const kafkaLog =
  (log: Logger): logCreator =>
  () =>
  ({ level, log: { message, groupId, error } }) =>
    log[level === logLevel.ERROR ? 'info' : 'debug']({ groupId, reason: error }, message);

let muted = false;

/**
 * kafkajs computes a negative timeout on each connection (tulios/kafkajs#1751); Node treats it as 1 ms, and warns. That warning is left
 * out, no other.
 */
export function muteHarmlessWarning(): void {
  if (muted) return;
  muted = true;
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] !== 'TimeoutNegativeWarning') Reflect.apply(emit, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
}
