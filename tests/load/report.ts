import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { type Outcome, refused, served } from './attempt.ts';
import { type Second, timeline } from './seconds.ts';

/** Milliseconds. */
interface Latency {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Report {
  /** Those that have no answer yet included. */
  sent: number;
  served: number;
  /** Those among the failures that were answered with 429 or 503 and a Retry-After. */
  refused: number;
  /** How many were sent a second time. */
  repeated: number;
  /** Those that were not served, in the order of their ends. */
  failures: Outcome[];
  /** How many failures there are of each kind. */
  failuresByKind: Record<string, number>;
  /** Latency of what was served, by route. */
  routes: Record<string, Latency>;
  /** The same load second by second. */
  seconds: Second[];
  /** Ids of what was created. */
  accepted: string[];
}

const milliseconds = (microseconds: number) => Math.round(microseconds / 100) / 10;

function latency(histogram: RecordableHistogram): Latency {
  const at = (percentile: number) => milliseconds(histogram.percentile(percentile));
  return { count: histogram.count, p50: at(50), p95: at(95), p99: at(99), max: milliseconds(histogram.max) };
}

/** Counts failures by their kind: a route, and what came of it. */
export function tally(failures: readonly Outcome[] = []) {
  const counts: Record<string, number> = {};
  const add = ({ route, status, problem }: Outcome): void => {
    const kind = `${route}: ${status || problem}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  failures.forEach(add);
  return { add, counts };
}

/** Takes outcomes as they come, and can be asked at any time; latencies are kept in HDR histograms, in microseconds. */
export function recorder() {
  const histograms = new Map<string, RecordableHistogram>();
  const failures: Outcome[] = [];
  const kinds = tally();
  const accepted: string[] = [];
  const counts = { sent: 0, served: 0, refused: 0, repeated: 0 };
  const { sending, ended, seconds } = timeline();

  function histogramOf(route: string): RecordableHistogram {
    const found = histograms.get(route) ?? createHistogram();
    histograms.set(route, found);
    return found;
  }

  return {
    /** A request goes out that is due so many milliseconds after the start. */
    sending(at: number): void {
      counts.sent++;
      sending(at);
    },

    add(outcome: Outcome): void {
      ended(outcome);
      if (outcome.repeated) counts.repeated++;
      if (refused(outcome)) counts.refused++;
      if (!served(outcome)) {
        kinds.add(outcome);
        return void failures.push(outcome);
      }
      counts.served++;
      if (outcome.id) accepted.push(outcome.id);
      histogramOf(outcome.route).record(Math.max(1, Math.round(outcome.ms * 1_000)));
    },

    report: (): Report => ({
      ...counts,
      failures: [...failures],
      failuresByKind: { ...kinds.counts },
      routes: Object.fromEntries([...histograms].map(([route, histogram]) => [route, latency(histogram)])),
      seconds: seconds(),
      accepted: [...accepted],
    }),
  };
}
