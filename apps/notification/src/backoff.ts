/** How long to wait between repeats. */
export interface Backoff {
  baseMs: number;
  maxMs: number;
}

/** Full jitter: anything between 0 and a bound that doubles with each repeat, so that many who wait do not come back at once. */
export const jitteredMs = ({ baseMs, maxMs }: Backoff, repeat: number): number =>
  Math.random() * Math.min(maxMs, baseMs * 2 ** repeat);
