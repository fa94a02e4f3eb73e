/** What is known of the calls to one of the two. */
export interface Figures {
  calls: number;
  errors: number;
  errorRate: number;
  /** Not there without calls. */
  p95Ms?: number;
}

export interface Verdict {
  verdict: 'pending' | 'passing' | 'failing';
  reason?: string;
}

/** Durations are counted by classes that are 5 % wide: as exact as a verdict needs, and small whatever the number of calls. */
const WIDTH = Math.log(1.05);

/** Counts calls, their failures and how long they took. */
export function tally() {
  const classes = new Map<number, number>();
  let calls = 0;
  let errors = 0;

  /** The upper bound of the class in which the 95th of 100 durations is. */
  function p95Ms(): number {
    let missing = 0.95 * calls;
    for (const [duration, count] of [...classes].toSorted(([a], [b]) => a - b)) {
      missing -= count;
      if (missing <= 0) return Math.round(Math.exp(duration * WIDTH));
    }
    return 0;
  }

  return {
    add(ms: number, failed: boolean): void {
      const duration = Math.max(0, Math.ceil(Math.log(ms) / WIDTH));
      classes.set(duration, (classes.get(duration) ?? 0) + 1);
      calls += 1;
      if (failed) errors += 1;
    },
    figures: (): Figures =>
      calls === 0 ? { calls, errors, errorRate: 0 } : { calls, errors, errorRate: errors / calls, p95Ms: p95Ms() },
  };
}

const ERROR_MARGIN = 0.05;
const SLOWER_TIMES = 2;
const SLOWER_MS = 100;

const percent = (rate: number) => `${(100 * rate).toFixed(1)} %`;

/**
 * Whether the canary is worse than stable since the weight was set: its error rate by more than 5 percentage points, or its 95th percentile more
 * than twice as long and 100 ms longer. Stable beside it, not a fixed bound, is what it is measured by: what both suffer is no fault of the
 * canary. Without calls (at a weight of 100) stable counts as free of errors; with few, durations are not compared.
 */
export function judge(stable: Figures, canary: Figures, minCalls: number): Verdict {
  if (canary.calls < minCalls) return { verdict: 'pending' };
  if (canary.errorRate > stable.errorRate + ERROR_MARGIN) {
    const reason = `error rate ${percent(canary.errorRate)}, of stable ${percent(stable.errorRate)}`;
    return { verdict: 'failing', reason };
  }
  const [p95, usual] = [canary.p95Ms ?? 0, stable.p95Ms ?? 0];
  if (stable.calls >= minCalls && p95 > SLOWER_TIMES * usual && p95 > usual + SLOWER_MS) {
    return { verdict: 'failing', reason: `p95 ${p95} ms, of stable ${usual} ms` };
  }
  return { verdict: 'passing' };
}
