import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '../audit/verdict.ts';
import type { Report } from '../load/report.ts';
import { auditOf } from './audit.ts';
import type { Conduct } from './conduct.ts';
import { disruptionOf, type Incident } from './schedule.ts';
import type { End, Victim } from './victim.ts';
import { visit } from './visits.ts';

interface Run {
  durationMs: number;
  incidents: readonly Incident[];
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** One incident, from its time to its end. One that comes when its victim is dead already is one of those things that happen. */
async function happen(incident: Incident, victim: Victim, say: Conduct['say'], since: () => number): Promise<void> {
  const disruption = disruptionOf(incident, victim.target);
  if (!disruption) throw new Error(`nothing is known of "${incident.what}" on ${victim.target}`);
  await delay(Math.max(0, incident.atMs - since()));
  let end: End = () => undefined;
  try {
    end = await disruption.begin(victim);
    say(`${incident.what}, for ${seconds(incident.lastsMs)}`);
    await delay(incident.lastsMs);
  } catch (error) {
    say(`${incident.what}: could not begin (${(error as Error).message.split('\n')[0]})`);
  }
  await end();
}

/** Lets incidents happen to a shop that is visited, then asks what is left of it. */
export async function runSchedule(
  { durationMs, incidents }: Run,
  victim: Victim,
  { visits, say, signal }: Conduct,
): Promise<{ report: Report; audit: Verdict }> {
  const load = await visit(victim, visits, signal);
  const start = performance.now();
  const since = () => performance.now() - start;
  try {
    const all = Promise.all(incidents.map((incident) => happen(incident, victim, say, since)));
    all.catch(() => undefined);
    await delay(durationMs, undefined, { signal }).catch(() => undefined);
    const report = await load.stop();
    await all;
    const { served, sent, failuresByKind } = report;
    say(`${sent} visits, ${served} served; not served: ${JSON.stringify(failuresByKind)}`);
    return { report, audit: await auditOf(victim, report.accepted, say) };
  } finally {
    await load.stop();
  }
}
