import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { auditor } from './auditor.ts';
import type { DatabasePlan } from './databases.ts';
import type { ServicePort } from './environment.ts';
import type { Ports } from './ports.ts';
import type { RunningProcess } from './run-file.ts';
import { busDatabase, type ServiceName, services, topology } from './topology.ts';

/** Where an app keeps something. Found by this convention alone: an app never imports another. */
const inApp = (app: string, path: string): URL => new URL(`../../${app}/${path}`, import.meta.url);

/** The program of a service. */
export const scriptOf = (service: string): string => fileURLToPath(inApp(service, 'src/main.ts'));

// found, not imported: a launcher that has nothing to migrate needs none of its code
const messagingMigrations = new URL('../../../libs/messaging/migrations/', import.meta.url);

const there = (...directories: URL[]) => directories.filter((directory) => existsSync(directory));

/** The databases which `chosen` services need; the broker's is among them, unless it is Kafka. */
export function databasesOf(
  chosen: readonly ServiceName[],
  passwords: Record<string, string>,
  kafka: boolean,
): DatabasePlan[] {
  const plan = (name: string, migrations: URL[] = [], seeds: URL[] = []): DatabasePlan => ({
    name,
    password: passwords[name] ?? '',
    ...(passwords[auditor] && { auditor: { name: auditor, password: passwords[auditor] } }),
    migrations,
    seeds,
  });
  const own = chosen.flatMap((service) => {
    const { database, bus } = topology[service];
    if (!database) return [];
    const migrations = there(inApp(service, 'migrations/'));
    return [plan(database, [...(bus ? [messagingMigrations] : []), ...migrations], there(inApp(service, 'seeds/')))];
  });
  const needsBroker = !kafka && chosen.some((service) => topology[service].bus);
  return [...own, ...(needsBroker ? [plan(busDatabase)] : [])];
}

/** Every port of a system, whether its owner runs or not: who is left out can be run by hand in its place. */
export type PortName = ServicePort | 'local.http' | 'postgres.sql';

export const portNames: readonly PortName[] = [
  'local.http',
  'postgres.sql',
  ...services.flatMap((name) =>
    [...topology[name].listens, 'ops' as const].map((port): ServicePort => `${name}.${port}`),
  ),
];

const urls = { http: 'http://', grpc: 'http://', smtp: 'smtp://', ops: 'http://' } as const;

/** What `run.json` says of a process. */
export function listed(name: string, pid: number, ports: Ports<PortName>): RunningProcess {
  const own = portNames.filter((port) => port.startsWith(`${name}.`));
  const entries = own.flatMap((port) => {
    const protocol = port.slice(name.length + 1);
    if (protocol === 'sql') return [];
    const url = `${urls[protocol as keyof typeof urls]}127.0.0.1:${ports[port]}`;
    return [protocol === 'ops' ? ['metrics', `${url}/metrics`] : [protocol, url]];
  });
  return { name, pid, ...Object.fromEntries(entries) };
}
