import type { Verdict } from '../audit/verdict.ts';
import type { Experiment, Observed } from './experiment.ts';

/** What a client may be told while something is broken: nothing, in progress, slow down, come back. Never that we have a bug. */
const excusable = [0, 409, 429, 503];

/** Why a hypothesis does not hold; nothing if it does. */
export function refutations(experiment: Experiment, observed: Observed, audit: Verdict): string[] {
  const { recoversInMs, verdict, audited } = experiment;
  const { report, timeline } = observed;
  const bugs = report.failures.filter(({ status }) => !excusable.includes(status));
  const late = timeline.recovered === undefined || timeline.recovered - timeline.ended > recoversInMs;
  const broken = Map.groupBy(audit.breaches, ({ statement }) => statement);
  return [
    ...new Set(bugs.map(({ route, status }) => `${route} was answered with ${status}`)),
    ...(late ? [`not all visits were served ${recoversInMs / 1_000} s after the fault ended`] : []),
    ...(verdict?.(observed) ?? []),
    ...audit.unquiet.map((what) => `the shop did not come to rest: ${what}`),
    ...[...broken].map(([name, all]) => `audit: ${name} (${all.length})`),
    ...(audited?.(audit) ?? []),
  ];
}
