import { commandLine } from '../../apps/local/src/command-line.ts';
import { type TargetName, targets } from '../targets.ts';
import { experiments } from './catalogue.ts';

export const help = `Breaks a running shop while people shop, and asks afterwards whether anything was lost or done twice.

  npm run chaos -- <experiment> [flags]
  npm run chaos -- --random --seed 7 --minutes 10 [flags]

${experiments.map(({ name, hypothesis }) => `  ${name.padEnd(20)} ${hypothesis}`).join('\n')}

  --target T         embedded (a shop of its own on this machine; the default), compose or kind (as start:compose or start:kind left it)
  --rate N           visits a second (20)
  --checkout P       how many per cent of them are orders (50)
  --random           any of the faults at any time
  --seed N           the random choices repeat (one is chosen, and told)
  --minutes N        for so long (10)
  --orders N         or until so many visits have come
  --every 5s         a fault every so often
  --schedule FILE    these faults, as a failed random run has printed them
  --shrink N         tries to find the smallest schedule that fails (10; 0: none). Only embedded, where each try has a new shop
  --data DIR         where the embedded shop keeps its state, and leaves it
  --json FILE        write all that was seen to FILE
  --help             show this

  It ends with 0 where the hypothesis holds and the audit is clean, 1 where not, 2 where it could not be tried.`;

const { usage, parsed, oneOf, positive, whole, milliseconds } = commandLine('npm run chaos');

const options = {
  target: { type: 'string', default: 'embedded' },
  rate: { type: 'string', default: '20' },
  checkout: { type: 'string', default: '50' },
  random: { type: 'boolean', default: false },
  seed: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  orders: { type: 'string' },
  every: { type: 'string', default: '5s' },
  schedule: { type: 'string' },
  shrink: { type: 'string', default: '10' },
  data: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface Arguments {
  /** The experiment; without one it is a random run. */
  name?: string | undefined;
  target: TargetName;
  rate: number;
  checkout: number;
  seed?: number | undefined;
  minutes: number;
  orders?: number | undefined;
  everyMs: number;
  schedule?: string | undefined;
  shrink: number;
  data?: string | undefined;
  json?: string | undefined;
  help: boolean;
}

function experimentName(positionals: readonly string[], random: boolean): string | undefined {
  if (random && positionals.length === 0) return undefined;
  if (random) throw usage('--random takes no experiment');
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw usage('name one experiment, or --random');
  return oneOf(
    'npm run chaos',
    experiments.map((one) => one.name),
    name,
  );
}

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parsed({ args, options, allowPositionals: true });
  const { target, rate, checkout, random, seed, minutes, orders, every, shrink, ...rest } = values;
  const anything = random || rest.schedule !== undefined;
  return {
    ...rest,
    name: rest.help ? undefined : experimentName(positionals, anything),
    target: oneOf('--target', targets, target),
    rate: positive('--rate', rate),
    checkout: whole('--checkout', checkout, 1, 100),
    seed: seed === undefined ? undefined : whole('--seed', seed, 0, 2 ** 32 - 1),
    minutes: positive('--minutes', minutes),
    orders: orders === undefined ? undefined : whole('--orders', orders, 1, 1_000_000),
    everyMs: milliseconds('--every', every),
    shrink: whole('--shrink', shrink, 0, 1_000),
  };
}
