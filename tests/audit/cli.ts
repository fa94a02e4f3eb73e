import { commandLine } from '../../apps/local/src/command-line.ts';
import { type TargetName, targets } from '../targets.ts';

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

export interface Arguments {
  target: TargetName;
  data?: string | undefined;
  accepted?: string | undefined;
  timeoutMs: number;
  json: boolean;
  help: boolean;
}

const { parsed, oneOf, milliseconds } = commandLine('npm run audit');

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
  return { ...rest, target: oneOf('--target', targets, target), timeoutMs: milliseconds('--timeout', timeout) };
}
