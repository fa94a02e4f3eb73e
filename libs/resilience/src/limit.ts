export interface LimitOptions {
  /** Where the limit begins, and where it returns to in calm: room for a stall of two seconds at 50 requests a second, as a pod that starts beside can cause. */
  initial?: number;
  /** So much is never too much: half a second of work at 100 requests a second, of which the last one is still answered in time. */
  min?: number;
  max?: number;
  /** How many times its usual duration work may take before the limit falls. */
  tolerance?: number;
}

const WINDOW_MS = 100;
const SAMPLES = 10;

/**
 * How much may be under way at a time, found out by how long it takes (Gradient2 of Netflix' concurrency-limits): while work takes its usual time
 * the limit grows by its square root, a queue that is welcome; when work takes longer the limit falls in proportion, by half a step at the
 * most. It is judged only where at least half of it is used: slowness that has nothing to do with a queue does not heal by less work.
 */
export function adaptiveLimit(options: LimitOptions, now: () => number) {
  const { initial = 200, min = 50, max = 1_000, tolerance = 2 } = options;
  const empty = () => ({ since: now(), samples: 0, slowness: 0, busiest: 0 });
  let limit = initial;
  let window = empty();

  function judge({ samples, slowness, busiest }: ReturnType<typeof empty>): number {
    const gradient = Math.min(1, Math.max(0.5, (tolerance * samples) / slowness));
    const next = (limit + limit * gradient + Math.sqrt(limit)) / 2;
    if (busiest >= limit / 2) return Math.min(max, Math.max(min, next));
    return gradient === 1 && limit < initial ? Math.min(initial, next) : limit;
  }

  return {
    now: () => limit,
    /** Work has ended that took `slowness` times its usual duration, while so much was under way. */
    sample(slowness: number, inFlight: number): void {
      window.samples++;
      // one that hangs says no more than one that is slow
      window.slowness += Math.min(slowness, 4 * tolerance);
      window.busiest = Math.max(window.busiest, inFlight);
      if (window.samples < SAMPLES || now() - window.since < WINDOW_MS) return;
      limit = judge(window);
      window = empty();
    },
  };
}
