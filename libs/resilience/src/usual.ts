/** In such a time a usual duration doubles, unless the work is seen to be that fast: what has become slower for good is learnt. */
const FORGET_MS = 300_000;
/** Weight of a new duration in the moving average. */
const SMOOTHING = 0.1;

/** How long each kind of work takes when nothing is in its way: the least that its moving average has been. */
export function usualDurations(now: () => number) {
  const kinds = new Map<string, { average: number; least: number; at: number }>();
  const forgotten = ({ least, at }: { least: number; at: number }) => least * 2 ** ((now() - at) / FORGET_MS);
  return {
    /** Undefined for work that has never been done. */
    of(kind: string): number | undefined {
      const known = kinds.get(kind);
      return known && forgotten(known);
    },
    learn(kind: string, ms: number): void {
      const known = kinds.get(kind);
      const average = known ? known.average + SMOOTHING * (ms - known.average) : ms;
      kinds.set(kind, { average, least: known ? Math.min(average, forgotten(known)) : ms, at: now() });
    },
  };
}
