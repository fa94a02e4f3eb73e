import { commandLine } from '../../apps/local/src/command-line.ts';
import { lessons } from './catalogue.ts';

const known = lessons.map(({ name }) => name);

export const help = `Does the same to two shops, one with a defence and one without it, and shows the difference; metastable is about several of them.

  npm run experiment -- <defence> [flags]
  npm run experiment -- --all

  ${known.join(', ')}

  --all         all of them, one after the other
  --docs        write figures and curves to docs/experiments.md and docs/experiments
  --help        show this

  Each takes about a minute, and needs a machine that does nothing else. It ends with 0 where the difference is what the lesson says, with 1 where
  it is not.`;

const { usage, parsed, oneOf } = commandLine('npm run experiment');

const options = {
  all: { type: 'boolean', default: false },
  docs: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export interface Arguments {
  /** The lessons to give. */
  names: string[];
  docs: boolean;
  help: boolean;
}

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parsed({ args, options, allowPositionals: true });
  const { all, docs, help } = values;
  if (help) return { names: [], docs, help };
  if (all && positionals.length === 0) return { names: known, docs, help };
  if (all || positionals.length === 0) throw usage('name a defence, or --all');
  return { names: positionals.map((name) => oneOf('npm run experiment', known, name)), docs, help };
}
