import { commandLine } from '../../apps/local/src/command-line.ts';
import { type TargetName, targets } from '../targets.ts';
import { type Mix, visits } from './scenarios.ts';

export const help = `Sends requests at a constant rate to a shop that runs, and reports what became of them.

  npm run load -- [flags]

  --target T         embedded (npm start; the default), compose or kind
  --data DIR         where the embedded shop keeps its state (.data)
  --url URL          the gateway, wherever it is, in place of a target
  --rate 50          requests a second, however slow the answers are
  --duration 60s     how long; Ctrl-C ends it before
  --mix browse:80,checkout:20
                     kinds of visits (${Object.keys(visits).join(', ')}), and how much there is of each
  --users 10         who sends them; each may send 100 a second, and signing up is limited to 20 calls a minute (two each);
                     docs/load.md says how thousands do
  --seed N           repeats the run that had this seed: which requests in which order, by which user, for which goods
  --repeat 11s       sends again, once, with the same key, what had no answer, 409 or 503; after so long, or its Retry-After
  --timeout 10s      how long to wait for an answer
  --json FILE        everything, second by second
  --html FILE        the same to look at
  --accepted FILE    ids of the orders that were answered with 2xx, one a line, for npm run audit -- --accepted FILE
  --help             show this

  It ends with 0 where something was served, 1 where nothing was, 2 where it could not begin.`;

export interface Arguments {
  target: TargetName;
  data?: string | undefined;
  url?: string | undefined;
  rate: number;
  durationMs: number;
  mix: Mix;
  users: number;
  seed?: number | undefined;
  repeatAfterMs?: number | undefined;
  timeoutMs: number;
  json?: string | undefined;
  html?: string | undefined;
  accepted?: string | undefined;
  help: boolean;
}

const { usage, parsed, oneOf, positive, whole, milliseconds } = commandLine('npm run load');

function time(flag: string, text: string): number {
  const ms = milliseconds(flag, text);
  if (ms > 0) return ms;
  throw usage(`${flag} takes a time above 0`);
}

function mixOf(text: string): Mix {
  const mix: Mix = {};
  for (const part of text.split(',')) {
    const [name = '', weight = '', ...more] = part.split(':');
    const visit = oneOf('--mix', Object.keys(visits) as (keyof Mix)[], name.trim());
    if (more.length > 0) throw usage(`--mix takes name:weight,name:weight, not "${part}"`);
    if (visit in mix) throw usage(`--mix has ${visit} twice`);
    mix[visit] = positive(`--mix ${visit}`, weight);
  }
  return mix;
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw usage(`--url takes an address such as http://127.0.0.1:8080, not "${text}"`);
}

const options = {
  target: { type: 'string', default: 'embedded' },
  data: { type: 'string' },
  url: { type: 'string' },
  rate: { type: 'string', default: '50' },
  duration: { type: 'string', default: '60s' },
  mix: { type: 'string', default: 'browse:80,checkout:20' },
  users: { type: 'string', default: '10' },
  seed: { type: 'string' },
  repeat: { type: 'string' },
  timeout: { type: 'string', default: '10s' },
  json: { type: 'string' },
  html: { type: 'string' },
  accepted: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { target, url, rate, duration, mix, users, seed, repeat, timeout, ...rest } = parsed({ args, options }).values;
  return {
    ...rest,
    target: oneOf('--target', targets, target),
    ...(url !== undefined && { url: urlOf(url) }),
    rate: positive('--rate', rate),
    durationMs: time('--duration', duration),
    mix: mixOf(mix),
    users: whole('--users', users, 1, 100_000),
    ...(seed !== undefined && { seed: whole('--seed', seed, 0, 2 ** 32 - 1) }),
    ...(repeat !== undefined && { repeatAfterMs: milliseconds('--repeat', repeat) }),
    timeoutMs: time('--timeout', timeout),
  };
}
