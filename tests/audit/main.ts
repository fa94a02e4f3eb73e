import { readFileSync } from 'node:fs';
import { config } from '@chandlery/config';
import { type Arguments, help, readArguments } from './cli.ts';
import { Config } from './config.ts';
import { exitCode, lines } from './report.ts';
import { findTarget, sourcesOf } from './targets.ts';
import { type Verdict, verdict } from './verdict.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

const idsIn = (file: string): string[] => readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);

async function auditing({ accepted, timeoutMs, ...target }: Arguments, say: (line: string) => void): Promise<Verdict> {
  await using ways = new AsyncDisposableStack();
  const { name, addresses } = await findTarget(target, config(Config), ways);
  say(`audit of ${name}`);
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1_000).toFixed(1).padStart(5);
  return await verdict(sourcesOf(addresses), {
    target: name,
    accepted: accepted ? idsIn(accepted) : [],
    timeoutMs,
    say: (line) => say(`  ${seconds()} s  waiting for ${line}`),
  });
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    print(help);
    return 0;
  }
  const found = await auditing(args, args.json ? complain : print);
  if (args.json) print(JSON.stringify(found, null, 2));
  else lines(found).forEach(print);
  return exitCode(found);
}

try {
  process.exitCode = await main();
} catch (error) {
  complain(`\naudit: could not look: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`);
  process.exitCode = 2;
}
