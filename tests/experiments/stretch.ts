import type { Second } from '../load/seconds.ts';

/** Seconds of a load, from one to before another. */
export interface Stretch {
  from: number;
  to: number;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How it went for those who came in a stretch of a load: how many per cent were served, and the 99th percentile of its middle second. */
export function stretch(seconds: readonly Second[], { from, to }: Stretch): { served: number; p99: number } {
  const within = seconds.filter(({ at }) => at >= from && at < to);
  const sum = (what: 'sent' | 'served') => within.reduce((total, second) => total + second[what], 0);
  return { served: (100 * sum('served')) / sum('sent'), p99: median(within.flatMap(({ p99 }) => p99 ?? [])) };
}
