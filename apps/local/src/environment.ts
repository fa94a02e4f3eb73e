import { join } from 'node:path';
import type { DataFiles } from './data.ts';
import { loginUrl } from './databases.ts';
import type { Ports } from './ports.ts';
import { type Secrets, secretFor } from './secrets.ts';
import { busDatabase, type Call, type Protocol, type Service, type ServiceName, topology } from './topology.ts';

export type ServicePort = `${ServiceName}.${Protocol | 'ops'}`;

/** The servers of this run, each by URL. */
export interface Servers {
  postgres?: string | undefined;
  kafka?: string | undefined;
  redis?: string | undefined;
  /** Where traces go. */
  otlp: string;
}

/** What every process is given besides, such as PATH. */
export type Shared = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  ports: Ports<ServicePort>;
  secrets: Secrets;
  servers: Servers;
  files: DataFiles;
  shared: Shared;
}

function address({ to, protocol, path = '' }: Call, ports: Ports<ServicePort>): string {
  const host = `127.0.0.1:${ports[`${to}.${protocol}`]}`;
  return protocol === 'grpc' ? host : `${protocol}://${host}${path}`;
}

function storage({ database, bus, keyvalue }: Service, { servers, secrets }: Surroundings): Shared {
  const { postgres, kafka, redis } = servers;
  const login = (name: string) => postgres && loginUrl(postgres, { name, password: secrets.passwords[name] ?? '' });
  return {
    ...(database && { DATABASE_URL: login(database) }),
    ...(bus && (kafka ? { KAFKA_BROKERS: kafka } : { BUS_URL: login(busDatabase) })),
    ...(keyvalue && { REDIS_URL: redis }),
  };
}

/** The whole environment of a service: what the topology gives it, and nothing of the caller's but `shared`. */
export function environmentOf(name: ServiceName, surroundings: Surroundings): Record<string, string> {
  const service = topology[name];
  const { ports, secrets, servers, files, shared } = surroundings;
  const given: Shared = {
    ...shared,
    HOST: '127.0.0.1',
    DRAIN_DELAY_MS: '0',
    // less than a stop of everything may take, so that the log names the part that hangs
    STOP_DEADLINE_MS: '3500',
    OTEL_EXPORTER_OTLP_ENDPOINT: servers.otlp,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    ...Object.fromEntries(
      [...service.listens, 'ops' as const].map((port) => [
        `${port.toUpperCase()}_PORT`,
        String(ports[`${name}.${port}`]),
      ]),
    ),
    ...Object.fromEntries(service.calls.map((call) => [call.as, address(call, ports)])),
    ...Object.fromEntries(
      Object.entries(service.secrets).map(([variable, secret]) => [variable, secretFor(name, secret, secrets)]),
    ),
    ...storage(service, surroundings),
    ...(service.directory && { [service.directory]: join(files.directory, name) }),
    ...service.settings,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
