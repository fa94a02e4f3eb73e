import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../apps/local/src/problem.ts';
import { judge } from '../audit/audit.ts';
import { look } from '../audit/facts.ts';
import { untilQuiet } from '../audit/quiet.ts';
import { counted, type Verdict } from '../audit/report.ts';
import { shopAt } from '../client.ts';
import { type Load, startLoad } from '../load/load.ts';
import { newBuyers, shopping, skusOf } from '../load/scenarios.ts';
import type { Second } from '../load/seconds.ts';
import { type Experiment, excusable, type Observed, type Timeline, type Visits } from './experiment.ts';
import type { Victim } from './victim.ts';

export interface Conduct {
  say: (line: string) => void;
  signal: AbortSignal;
  /** Who chooses what is bought. */
  random?: () => number;
}

export interface Outcome extends Observed {
  audit: Verdict;
  /** Why the hypothesis does not hold; nothing if it does. */
  refuted: string[];
}

const usual: Visits = { rate: 20, browse: 50, checkout: 50 };
const STEADY_MS = 5_000;
const STEADY_WITHIN_MS = 60_000;
const QUIET_WITHIN_MS = 180_000;

const allServed = ({ sent, served }: Second): boolean => sent > 0 && served === sent;

/** The seconds whose visits have all been answered, or given up. */
const settled = (load: Load): Second[] => {
  const { seconds } = load.report();
  return seconds.filter(({ sent, served, failed, refused }) => sent === served + failed + refused).slice(0, -1);
};

async function waitFor(what: string, check: () => boolean, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!check()) {
    if (performance.now() > end) return false;
    await delay(100, undefined, { signal });
  }
  return what !== '';
}

const lastServed = (load: Load, seconds: number): boolean => {
  const last = settled(load).slice(-seconds);
  return last.length === seconds && last.every(allServed);
};

/** Visitors come, as they will to the end of the experiment. */
export async function visit(victim: Victim, visits: Visits, { signal, random }: Conduct): Promise<Load> {
  const shop = shopAt(victim.gateway, () => victim.sandbox);
  const [buyers, skus] = [await newBuyers(shop, 5), await skusOf(shop)];
  const { rate, browse, checkout } = visits;
  const chance = random && { random };
  const mix = shopping({ buyers, skus, browse, checkout, ...chance });
  return startLoad({ url: victim.gateway, rate, mix, signal, ...chance });
}

/** Tells, every half a second until `signal`, the first complaint of anybody who watches. */
async function watch(victim: Victim, signal: AbortSignal): Promise<{ at: number; what: string } | undefined> {
  while (!signal.aborted) {
    const [what] = await victim.unwell().catch((error: Error) => [error.message]);
    if (what) return { at: performance.now(), what };
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** The first of those seconds at the end in which everything was served. */
function recoveredAt(seconds: readonly Second[], from: number): number | undefined {
  const ill = seconds.findLast((second) => !allServed(second));
  const at = ill ? (ill.at + 1) * 1_000 : 0;
  return seconds.some((second) => second.at * 1_000 >= at) ? Math.max(at, from) : undefined;
}

/** Waits until nothing is on its way, then asks everybody what has happened. */
export async function auditOf(victim: Victim, accepted: readonly string[], say: Conduct['say']): Promise<Verdict> {
  await using ways = new AsyncDisposableStack();
  const sources = await victim.sources(ways);
  const began = performance.now();
  const unquiet = await untilQuiet(sources, {
    timeoutMs: QUIET_WITHIN_MS,
    say: (line) => say(`waiting for ${line}`),
  });
  const looking = performance.now();
  const facts = await look(sources, accepted);
  const seconds = (from: number, to: number) => Math.round((to - from) / 100) / 10;
  return {
    target: victim.target,
    looked: counted(facts),
    waitedSeconds: seconds(began, looking),
    lookedSeconds: seconds(looking, performance.now()),
    unquiet,
    deadLetters: facts.deadLetters,
    breaches: judge(facts),
  };
}

const told = ({ unquiet, breaches }: Verdict): string[] => [
  ...unquiet.map((what) => `the shop did not come to rest: ${what}`),
  ...[...Map.groupBy(breaches, ({ statement }) => statement)].map(([name, all]) => `audit: ${name} (${all.length})`),
];

function refutations({ recoversInMs, verdict }: Experiment, { report, timeline }: Observed): string[] {
  const { ended, recovered } = timeline;
  const bugs = report.failures.filter(({ status }) => !excusable.includes(status));
  const late = recovered === undefined || recovered - ended > recoversInMs;
  return [
    ...[...new Set(bugs.map(({ route, status }) => `${route} was answered with ${status}`))],
    ...(late ? [`not all visits were served ${recoversInMs / 1_000} s after the fault ended`] : []),
    ...(verdict?.({ report, timeline }) ?? []),
  ];
}

/** Does an experiment: steady state, fault, recovery, audit. */
export async function conduct(experiment: Experiment, victim: Victim, options: Conduct): Promise<Outcome> {
  const { say, signal } = options;
  const { disruption, lastsMs, recoversInMs } = experiment;
  const visits = experiment.visits ?? usual;
  say(`steady state: ${visits.rate} visits a second, ${visits.checkout} % of them orders`);
  const load = await visit(victim, visits, options);
  const start = performance.now();
  const since = () => performance.now() - start;
  await using ending = new AsyncDisposableStack();
  ending.defer(async () => void (await load.stop()));

  const calm = () => lastServed(load, STEADY_MS / 1_000);
  if (!(await waitFor('calm', calm, STEADY_WITHIN_MS, signal))) {
    const why = JSON.stringify(load.report().failuresByKind);
    throw new Problem(`no steady state in ${STEADY_WITHIN_MS / 1_000} s, so nothing can be learnt: ${why}`, {
      exitCode: 2,
    });
  }

  await victim.unwell(); // what the defences did before is no news
  const begun = since();
  say(`fault: ${disruption.name}`);
  const watching = new AbortController();
  const seen = watch(victim, AbortSignal.any([watching.signal, signal]));
  const end = await disruption.begin(victim);
  await delay(lastsMs, undefined, { signal }).catch(() => undefined);
  await end();
  const ended = since();
  say('the fault has ended');

  await waitFor('recovered', () => lastServed(load, 5), recoversInMs + 10_000, signal);
  watching.abort();
  const noticed = await seen;
  const report = await load.stop();
  const firstFailure = report.failures
    .map(({ at }) => at)
    .filter((at) => at >= begun - 1_000)
    .sort((a, b) => a - b)[0];
  const recovered = recoveredAt(report.seconds, ended);
  const timeline: Timeline = {
    begun,
    ended,
    ...(firstFailure !== undefined && { firstFailure }),
    ...(noticed && { noticed: { ...noticed, at: noticed.at - start } }),
    ...(recovered !== undefined && { recovered }),
  };
  const audit = await auditOf(victim, report.accepted, say);
  const observed = { report, timeline };
  return {
    ...observed,
    audit,
    refuted: [...refutations(experiment, observed), ...told(audit), ...(experiment.audited?.(audit) ?? [])],
  };
}
