import { commandLine } from '../../apps/local/src/command-line.ts';

export const help = `Waits until a shop is quiet, then checks that no order, charge, piece of stock or mail was lost or doubled.

  npm run audit -- [flags]

  --target T         embedded (npm start; the default), compose or kind
  --data DIR         where the embedded shop keeps its state (.data)
  --accepted FILE    ids of orders that were answered with 2xx, one a line
  --timeout 120s     how long to wait for quiet
  --json             print the result as JSON, progress on standard error
  --help             show this

  AUDIT_POSTGRES_URL (server with the login that reads), AUDIT_SANDBOX_URL and, where the broker is Kafka, AUDIT_KAFKA_BROKERS in the environment:
  audit that shop, wherever it is.

  It ends with 0 where every statement holds, 1 where one does not, 2 where it could not look.`;

const targets = ['embedded', 'compose', 'kind'] as const;

export interface Arguments {
  target: (typeof targets)[number];
  data?: string | undefined;
  accepted?: string | undefined;
  timeoutMs: number;
  json: boolean;
  help: boolean;
}

const { usage, parsed } = commandLine('npm run audit');

function targetOf(text: string): Arguments['target'] {
  const found = targets.find((target) => target === text);
  if (!found) throw usage(`--target knows ${targets.join(', ')}, not "${text}"`);
  return found;
}

function milliseconds(text: string): number {
  const [, amount, unit] = text.match(/^(\d+)(ms|s|m)$/) ?? [];
  if (amount === undefined) throw usage(`--timeout takes a time such as 90s or 5m, not "${text}"`);
  return Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}

const options = {
  target: { type: 'string', default: 'embedded' },
  data: { type: 'string' },
  accepted: { type: 'string' },
  timeout: { type: 'string', default: '120s' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { timeout, target, ...rest } = parsed({ args, options }).values;
  return { ...rest, target: targetOf(target), timeoutMs: milliseconds(timeout) };
}
