import { lines as auditLines } from '../audit/report.ts';
import type { Outcome } from './conduct.ts';
import type { Experiment } from './experiment.ts';

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1).padStart(6)} s`;

/** What happened and when, counted from the beginning of the fault. */
export function timelineOf({ timeline, report }: Pick<Outcome, 'timeline' | 'report'>): string[] {
  const { begun, ended, firstFailure, noticed, recovered } = timeline;
  const first = report.failures.find(({ at }) => at === firstFailure);
  const events: [at: number, what: string][] = [
    [begun, 'the fault begins'],
    [ended, 'the fault ends'],
  ];
  if (first) events.push([first.at, `first visit that is not served: ${first.route} ${first.status || first.problem}`]);
  if (noticed) events.push([noticed.at, `noticed: ${noticed.what}`]);
  if (recovered !== undefined) events.push([recovered, 'from here on all are served']);
  return events.sort(([a], [b]) => a - b).map(([at, what]) => `${seconds(at - begun)}  ${what}`);
}

/** An outcome for people. */
export function told({ hypothesis }: Pick<Experiment, 'hypothesis'>, outcome: Outcome): string[] {
  const { report, audit, refuted } = outcome;
  const { sent, served, failures, failuresByKind, routes } = report;
  const latency = Object.entries(routes).map(([route, { p50, p99 }]) => `${route} ${p50}/${p99}`);
  return [
    ...timelineOf(outcome).map((line) => `  ${line}`),
    '',
    `  ${sent} visits, ${served} served, ${failures.length} not ${failures.length > 0 ? JSON.stringify(failuresByKind) : ''}`,
    `  p50/p99 ms: ${latency.join(', ')}`,
    ...auditLines(audit),
    '',
    refuted.length === 0 ? `  holds: ${hypothesis}` : `  REFUTED: ${hypothesis}`,
    ...refuted.map((why) => `    ${why}`),
  ];
}
