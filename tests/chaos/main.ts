import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { interruption } from '../../apps/local/src/interruption.ts';
import { Problem } from '../../apps/local/src/problem.ts';
import { program } from '../../apps/local/src/program.ts';
import { timed } from '../../apps/local/src/steps.ts';
import { seeded } from '../../libs/faults/src/index.ts';
import { exitCode, lines } from '../audit/report.ts';
import { experiments } from './catalogue.ts';
import { type Arguments, help, readArguments } from './cli.ts';
import { composeVictim } from './compose.ts';
import { conduct } from './conduct.ts';
import { embeddedVictim } from './embedded.ts';
import type { Experiment } from './experiment.ts';
import { kindVictim } from './kind.ts';
import { runSchedule } from './random.ts';
import { type Incident, schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { told } from './told.ts';
import type { Victim } from './victim.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const say = timed(Date.now());
const { stop } = interruption();

function victimOf({ target, data }: Arguments): Promise<Victim> {
  if (target === 'compose') return composeVictim();
  if (target === 'kind') return kindVictim();
  return embeddedVictim({ data, signal: stop });
}

function keep({ json }: Arguments, seen: object): void {
  if (json) writeFileSync(json, `${JSON.stringify(seen, null, 2)}\n`);
}

async function oneExperiment(args: Arguments, experiment: Experiment): Promise<number> {
  if (!experiment.targets.includes(args.target))
    throw new Problem(`${experiment.name} is for ${experiment.targets.join(', ')}`, { exitCode: 2 });
  const { rate, checkout } = args;
  await using victim = await victimOf(args);
  print(`\n${experiment.name} on ${victim.target}: ${experiment.hypothesis}\n`);
  const outcome = await conduct(experiment, victim, { visits: { rate, checkout }, say, signal: stop });
  print('');
  told(experiment, outcome).forEach(print);
  keep(args, outcome);
  return outcome.refuted.length === 0 ? 0 : 1;
}

const incidentsIn = (file: string): Incident[] => JSON.parse(readFileSync(file, 'utf8'));

async function randomRun(args: Arguments): Promise<number> {
  const { target, rate, checkout, orders, minutes, everyMs, seed = randomInt(2 ** 31) } = args;
  const durationMs = orders ? (orders / rate) * 1_000 : minutes * 60_000;
  const incidents = args.schedule
    ? incidentsIn(args.schedule)
    : schedule({ target, random: seeded(seed), durationMs, everyMs });
  print(`\n${incidents.length} faults in ${Math.round(durationMs / 1_000)} s on ${target}, seed ${seed}\n`);

  async function run(part: readonly Incident[]) {
    await using victim = await victimOf(args);
    const visits = { rate, checkout, random: seeded(seed) };
    return await runSchedule({ durationMs, incidents: part }, victim, { visits, say, signal: stop });
  }

  const seen = await run(incidents);
  lines(seen.audit).forEach(print);
  keep(args, { seed, incidents, ...seen });
  const code = exitCode(seen.audit);
  if (code === 0) return 0;
  print(
    `\n  seed ${seed} fails: npm run chaos -- --random --seed ${seed} --target ${target} --rate ${rate} --every ${everyMs}ms`,
  );
  if (target !== 'embedded' || args.data || args.shrink === 0) return code;
  say(`looking for the smallest schedule that fails, in ${args.shrink} tries`);
  const fails = async (part: readonly Incident[]) => exitCode((await run(part)).audit) !== 0;
  print(
    `\n  put this in a file for --schedule:\n${JSON.stringify(await shrink(incidents, fails, args.shrink), null, 2)}`,
  );
  return code;
}

await program(async () => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) return print(help);
  const experiment = experiments.find(({ name }) => name === args.name);
  process.exitCode = experiment ? await oneExperiment(args, experiment) : await randomRun(args);
});
