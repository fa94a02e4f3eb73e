import { commandLine } from './command-line.ts';
import { type ServiceName, services } from './topology.ts';

export interface Arguments {
  port: number;
  only?: ServiceName[];
  data?: string;
  fresh: boolean;
  sample: boolean;
  verbose: boolean;
  help: boolean;
}

export const help = `Runs the whole shop on this machine, places one order, and stays until Ctrl-C.

  npm start -- [flags]

  --port N       the gateway's port (8080); the others take free ones
  --only a,b     start only these of ${services.join(', ')}
  --no-sample    place no order
  --fresh        forget all state first
  --data DIR     keep state in DIR (.data)
  --verbose      show all logs
  --help         show this

  POSTGRES_URL, KAFKA_BROKERS, REDIS_URL in the environment: use these servers instead of the embedded parts.
  OTEL_EXPORTER_OTLP_ENDPOINT: send traces there too.`;

const { parsed, oneOf, whole } = commandLine('npm start');

const chosen = (text: string): ServiceName[] => text.split(',').map((part) => oneOf('--only', services, part.trim()));

const options = {
  port: { type: 'string', default: '8080' },
  only: { type: 'string' },
  data: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  sample: { type: 'boolean', default: true },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { values } = parsed({ args, options, allowNegative: true });
  const { port, only, data, ...switches } = values;
  return {
    ...switches,
    port: whole('--port', port, 1, 65_535),
    ...(only && { only: chosen(only) }),
    ...(data && { data }),
  };
}
