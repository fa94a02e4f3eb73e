/** In such a time a usual duration doubles, unless the work is seen to be that fast: what has become slower for good is learnt. */
const FORGET_MS = 300_000;
/** Durations that the moving average is over. */
const SPAN = 10;

/** How long each kind of work takes when nothing is in its way: the least that its moving average has been. */
export function usualDurations(now: () => number) {
  const kinds = new Map<string, { average: number; least: number; at: number; seen: number }>();
  const forgotten = ({ least, at }: { least: number; at: number }) => least * 2 ** ((now() - at) / FORGET_MS);
  return {
    /** Undefined for work that has never been done. */
    of(kind: string): number | undefined {
      const known = kinds.get(kind);
      return known && forgotten(known);
    },
    learn(kind: string, ms: number): void {
      const known = kinds.get(kind) ?? { average: 0, least: 0, at: now(), seen: 0 };
      const seen = Math.min(known.seen + 1, SPAN);
      const average = known.average + (ms - known.average) / seen;
      kinds.set(kind, { average, least: seen < SPAN ? average : Math.min(average, forgotten(known)), at: now(), seen });
    },
  };
}
