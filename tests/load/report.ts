import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { type Outcome, served } from './attempt.ts';

/** Milliseconds. */
export interface Latency {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Report {
  sent: number;
  served: number;
  /** How many were sent a second time. */
  repeated: number;
  /** Those that were not served, in the order of their ends. */
  failures: Outcome[];
  /** How many failures there are of each kind. */
  failuresByKind: Record<string, number>;
  /** Latency of what was served, by route. */
  routes: Record<string, Latency>;
  /** Ids of what was created. */
  accepted: string[];
}

const milliseconds = (microseconds: number) => Math.round(microseconds / 100) / 10;

function latency(histogram: RecordableHistogram): Latency {
  const at = (percentile: number) => milliseconds(histogram.percentile(percentile));
  return { count: histogram.count, p50: at(50), p95: at(95), p99: at(99), max: milliseconds(histogram.max) };
}

function countBy(outcomes: readonly Outcome[], kind: (outcome: Outcome) => string): Record<string, number> {
  const groups = Map.groupBy(outcomes, kind);
  return Object.fromEntries([...groups].map(([name, members]) => [name, members.length]));
}

/** Takes outcomes as they come, and can be asked at any time; latencies are kept in HDR histograms, in microseconds. */
export function recorder() {
  const histograms = new Map<string, RecordableHistogram>();
  const failures: Outcome[] = [];
  const accepted: string[] = [];
  const counts = { sent: 0, served: 0, repeated: 0 };

  function histogramOf(route: string): RecordableHistogram {
    const found = histograms.get(route) ?? createHistogram();
    histograms.set(route, found);
    return found;
  }

  return {
    add(outcome: Outcome): void {
      counts.sent++;
      if (outcome.repeated) counts.repeated++;
      if (!served(outcome)) return void failures.push(outcome);
      counts.served++;
      if (outcome.id) accepted.push(outcome.id);
      histogramOf(outcome.route).record(Math.max(1, Math.round(outcome.ms * 1_000)));
    },

    report: (): Report => ({
      ...counts,
      failures: [...failures],
      failuresByKind: countBy(failures, ({ route, status, problem }) => `${route}: ${status || problem}`),
      routes: Object.fromEntries([...histograms].map(([route, histogram]) => [route, latency(histogram)])),
      accepted: [...accepted],
    }),
  };
}
