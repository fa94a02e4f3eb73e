import { type Second, wellFrom } from '../load/seconds.ts';
import { median, type Stretch } from './stretch.ts';

/** Latency that is so many times what it was before is still usual: seconds have few visits, and machines their moods. */
const TOLERANCE = 3;

/**
 * How many seconds after a disturbance everything was served again as fast as before it, from then on to the end of the load; undefined where it
 * never was.
 */
export function recovery(seconds: readonly Second[], disturbance: Stretch): number | undefined {
  const before = seconds.filter(({ at }) => at < disturbance.from).flatMap(({ p99 }) => p99 ?? []);
  const usual = TOLERANCE * median(before);
  const well = ({ sent, served, p99 }: Second) => served === sent && (p99 ?? 0) <= usual;
  const from = wellFrom(seconds, well);
  return from === undefined ? undefined : Math.max(0, from - disturbance.to);
}
