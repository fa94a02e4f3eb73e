import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../apps/local/src/problem.ts';
import type { Verdict } from '../audit/verdict.ts';
import type { Load } from '../load/load.ts';
import { allServed, wellFrom } from '../load/seconds.ts';
import { auditOf } from './audit.ts';
import type { Experiment, Observed, Timeline } from './experiment.ts';
import { refutations } from './refutations.ts';
import { untilServed } from './served.ts';
import type { Victim } from './victim.ts';
import { type Visits, visit } from './visits.ts';

export interface Conduct {
  visits: Visits;
  say: (line: string) => void;
  signal: AbortSignal;
}

export interface Outcome extends Observed {
  audit: Verdict;
  /** Why the hypothesis does not hold; nothing if it does. */
  refuted: string[];
}

const STEADY_WITHIN_MS = 60_000;

function unsteady(load: Load): Problem {
  const why = JSON.stringify(load.report().failuresByKind);
  const message = `no steady state in ${STEADY_WITHIN_MS / 1_000} s, so nothing can be learnt: ${why}`;
  return new Problem(message, { exitCode: 2 });
}

/** Tells, every half a second until `signal`, the first complaint of anybody who watches. */
async function watch(victim: Victim, since: () => number, signal: AbortSignal): Promise<Timeline['noticed']> {
  while (!signal.aborted) {
    const [what] = await victim.unwell().catch((error: Error) => [error.message]);
    if (what) return { at: since(), what };
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** Does an experiment: steady state, fault, recovery, audit. */
export async function conduct(experiment: Experiment, victim: Victim, options: Conduct): Promise<Outcome> {
  const { visits, say, signal } = options;
  const { disruption, lastsMs, recoversInMs } = experiment;
  say(`steady state: ${visits.rate} visits a second, ${visits.checkout} % of them orders`);
  const load = await visit(victim, visits, signal);
  const start = performance.now();
  const since = () => performance.now() - start;
  await using ending = new AsyncDisposableStack();
  ending.defer(async () => void (await load.stop()));
  if (!(await untilServed(load, STEADY_WITHIN_MS, signal))) throw unsteady(load);

  await victim.unwell(); // what the defences did before is no news
  const begun = since();
  say(`fault: ${disruption.name}`);
  const watching = new AbortController();
  const seen = watch(victim, since, AbortSignal.any([watching.signal, signal]));
  const end = await disruption.begin(victim);
  await delay(lastsMs, undefined, { signal }).catch(() => undefined);
  await end();
  const ended = since();
  say('the fault has ended');

  await untilServed(load, recoversInMs + 10_000, signal);
  watching.abort();
  const noticed = await seen;
  const report = await load.stop();
  const failures = report.failures.map(({ at }) => at).filter((at) => at >= begun - 1_000);
  const well = wellFrom(report.seconds, allServed);
  const timeline: Timeline = {
    begun,
    ended,
    ...(failures.length > 0 && { firstFailure: Math.min(...failures) }),
    ...(noticed && { noticed }),
    ...(well !== undefined && { recovered: Math.max(well * 1_000, ended) }),
  };
  const audit = await auditOf(victim, report.accepted, say);
  const observed = { report, timeline };
  return { ...observed, audit, refuted: refutations(experiment, observed, audit) };
}
