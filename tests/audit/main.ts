import { readFileSync } from 'node:fs';
import { config } from '@chandlery/config';
import { judge } from './audit.ts';
import { type Arguments, help, readArguments } from './cli.ts';
import { Config } from './config.ts';
import { look } from './facts.ts';
import { untilQuiet } from './quiet.ts';
import { counted, exitCode, lines, type Verdict } from './report.ts';
import { findTarget, sourcesOf } from './targets.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

const idsIn = (file: string): string[] => readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);

const secondsSince = (began: number) => Math.round((performance.now() - began) / 100) / 10;

async function auditing(args: Arguments, say: (line: string) => void): Promise<Verdict> {
  const accepted = args.accepted ? idsIn(args.accepted) : [];
  await using ways = new AsyncDisposableStack();
  const { name, addresses } = await findTarget(args, config(Config), ways);
  const sources = sourcesOf(addresses);
  say(`audit of ${name}`);
  const began = performance.now();
  const waiting = (line: string) => say(`  ${secondsSince(began).toFixed(1).padStart(5)} s  waiting for ${line}`);
  const unquiet = await untilQuiet(sources, { timeoutMs: args.timeoutMs, say: waiting });
  const waitedSeconds = secondsSince(began);
  const looking = performance.now();
  const facts = await look(sources, accepted);
  return {
    target: name,
    looked: counted(facts),
    waitedSeconds,
    lookedSeconds: secondsSince(looking),
    unquiet,
    deadLetters: facts.deadLetters,
    breaches: judge(facts),
  };
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    print(help);
    return 0;
  }
  const verdict = await auditing(args, args.json ? complain : print);
  if (args.json) print(JSON.stringify(verdict, null, 2));
  else lines(verdict).forEach(print);
  return exitCode(verdict);
}

try {
  process.exitCode = await main();
} catch (error) {
  complain(`\naudit: could not look: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`);
  process.exitCode = 2;
}
