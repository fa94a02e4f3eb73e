import { commandLine } from '../command-line.ts';

export const help = `Brings the shop up in containers on Docker Compose, places one order, and shows its way. Run it again to bring up what has changed.

  npm run start:compose -- [flags]
  npm run stop:compose              removes the containers, keeps what they have stored

  --infra        start only PostgreSQL, Kafka and Redis, to develop against
  --no-sample    place no order
  --toxiproxy    with a proxy between order and its peers, where npm run chaos can make the network ill
  --fresh        forget all state first
  --volumes      (stop) remove what is stored as well
  --help         show this

  GATEWAY_PORT, SANDBOX_PORT, JAEGER_PORT, POSTGRESQL_PORT, KAFKA_PORT, REDIS_PORT, TOXIPROXY_PORT in the environment: other ports of this machine.
  LOG_LEVEL: how much the services log.`;

export interface Arguments {
  verb: 'up' | 'down';
  infra: boolean;
  sample: boolean;
  toxiproxy: boolean;
  fresh: boolean;
  volumes: boolean;
  help: boolean;
}

const { parsed, verb } = commandLine('npm run start:compose');

const options = {
  infra: { type: 'boolean', default: false },
  sample: { type: 'boolean', default: true },
  toxiproxy: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  volumes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the command line asks for; a usage error is a problem with exit code 2. */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parsed({ args, options, allowNegative: true, allowPositionals: true });
  return { ...values, verb: verb(positionals) };
}
