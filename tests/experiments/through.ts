import type { ServiceName } from '../../apps/local/src/topology.ts';
import type { Disruption } from '../chaos/disruptions.ts';
import type { Report } from '../load/report.ts';
import type { Bench } from './bench.ts';

interface Trial {
  load: Parameters<Bench['visits']>[0];
  disruption: Disruption;
  /** Milliseconds of the load before the disruption, with it, and after it. */
  wellMs?: number;
  brokenMs: number;
  afterMs?: number;
  /** Whose faults count the calls that they meet. */
  ill?: ServiceName;
}

interface Passed {
  report: Report;
  broken: { from: number; to: number };
  /** Visits that began while the disruption lasted. */
  visits: number;
  /** Calls that its faults have met. */
  met: number;
  /** Whether a moment, in milliseconds since 1970, was while it lasted. */
  meanwhile(ms: number): boolean;
}

/** Lets a load pass through a disruption. */
export async function through(bench: Bench, trial: Trial): Promise<Passed> {
  const { load: options, disruption, wellMs = 3_000, brokenMs, afterMs = 5_000, ill } = trial;
  const load = bench.visits(options);
  await bench.pass(wellMs);
  const end = await bench.break(disruption);
  const from = Date.now();
  const before = load.report().sent;
  await bench.pass(brokenMs);
  const visits = load.report().sent - before;
  const met = ill ? await bench.met(ill) : 0;
  const to = Date.now();
  await end();
  await bench.pass(afterMs);
  const broken = { from: wellMs / 1_000, to: (wellMs + brokenMs) / 1_000 };
  return { report: await load.stop(), broken, visits, met, meanwhile: (ms) => ms >= from && ms < to };
}
