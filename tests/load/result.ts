import { refused } from './attempt.ts';
import { type Report, tally } from './report.ts';
import type { Mix } from './scenarios.ts';

/** A load that has been, and what it was. */
export interface Result {
  url: string;
  /** ISO 8601. */
  startedAt: string;
  /** Requests a second. */
  rate: number;
  /** How long it was to be. */
  durationMs: number;
  mix: Mix;
  users: number;
  seed: number;
  timeoutMs: number;
  repeatAfterMs?: number | undefined;
  report: Report;
}

const count = (n: number) => n.toLocaleString('en');

/** What was asked for, in one line. */
export function title({ url, rate, durationMs, mix, users, seed }: Omit<Result, 'startedAt' | 'report'>): string {
  const visits = Object.entries(mix).map(([visit, weight]) => `${visit}:${weight}`);
  return `load of ${url}: ${count(rate)}/s for ${durationMs / 1_000} s, ${visits.join(',')}, ${count(users)} users, seed ${seed}`;
}

/** What came of it, in one line. */
export function outcome({ sent, served, refused, failures, repeated, seconds }: Report): string {
  const parts = [
    `${count(sent)} sent`,
    `${count(served)} served`,
    `${count(refused)} refused`,
    `${count(failures.length - refused)} failed`,
    ...(repeated > 0 ? [`${count(repeated)} sent twice`] : []),
    ...(sent > served + failures.length ? [`${count(sent - served - failures.length)} not waited for`] : []),
  ];
  return `${parts.join(', ')} in ${seconds.length} s`;
}

/** Figures for people: a heading, and rows under names of columns; latencies are milliseconds. */
export interface Table {
  heading: string;
  columns: readonly string[];
  rows: readonly (readonly [name: string, ...figures: number[]])[];
}

const byCount = (counts: Record<string, number>) => Object.entries(counts).toSorted(([, a], [, b]) => b - a);

/** Latency by route, then what was refused and what failed, the most frequent first; what there is nothing of is left out. */
export function tables({ routes, failures }: Report): Table[] {
  const latency: Table = {
    heading: 'served, ms',
    columns: ['count', 'p50', 'p95', 'p99', 'max'],
    rows: Object.entries(routes)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([route, { count, p50, p95, p99, max }]) => [route, count, p50, p95, p99, max]),
  };
  const turned = Object.groupBy(failures, (failure) => (refused(failure) ? 'away' : 'wrong'));
  const kinds = (heading: string, of: typeof failures = []): Table => ({
    heading,
    columns: ['count'],
    rows: byCount(tally(of).counts),
  });
  const all = [latency, kinds('refused (429, or 503 with Retry-After)', turned.away), kinds('failed', turned.wrong)];
  return all.filter(({ rows }) => rows.length > 0);
}

/** A table as text. */
export function lines({ heading, columns, rows }: Table): string[] {
  const wide = Math.max(heading.length, ...rows.map(([name]) => name.length));
  const line = (name: string, figures: readonly string[]) =>
    `  ${name.padEnd(wide)}${figures.map((figure) => figure.padStart(10)).join('')}`;
  return [line(heading, columns), ...rows.map(([name, ...figures]) => line(name, figures.map(count)))];
}
