import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { auditor, letRead } from '../auditor.ts';
import { type Call, type ServiceName, services, topology } from '../topology.ts';

interface Container {
  image: string;
  profiles: string[];
  env_file?: string;
  environment?: Record<string, string | number>;
  command?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  healthcheck?: object;
}

const file = readFileSync('docker/compose.yaml', 'utf8');
const { services: containers } = parse(file, { merge: true }) as { services: Record<string, Container> };
const migrated = services.filter((name) => topology[name].database);
const ports = { http: 8080, grpc: 9090, smtp: 4025 };

/** What every service is given alike; the rest is the topology's. */
const common = [
  'LOG_LEVEL',
  'DRAIN_DELAY_MS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_BSP_SCHEDULE_DELAY',
  'FAULTS_ENABLED',
];

function address({ to, protocol, path = '' }: Call): string {
  const port = to === 'sandbox' && protocol === 'http' ? 4010 : ports[protocol];
  return protocol === 'grpc' ? `${to}:${port}` : `${protocol}://${to}:${port}${path}`;
}

/** The variables of a service that are no secrets. */
function expected(name: ServiceName): Record<string, unknown> {
  const { calls, bus, keyvalue, directory, settings } = topology[name];
  return {
    ...Object.fromEntries(common.map((variable) => [variable, expect.anything()])),
    ...Object.fromEntries(calls.map((call) => [call.as, address(call)])),
    ...(bus && { KAFKA_BROKERS: 'kafka:9092' }),
    ...(keyvalue && { REDIS_URL: 'redis://redis:6379' }),
    ...(directory && { [directory]: '/home/nonroot/data' }),
    ...settings,
  };
}

test.each(services)('%s is given what the topology says', (name) => {
  const { environment, env_file, image, profiles } = containers[name]!;
  expect(environment).toEqual(expected(name));
  expect(env_file).toBe(`../.data/compose/${name}.env`);
  expect(image).toBe(`chandlery/${name}:\${IMAGE_TAG}`);
  expect(profiles).toEqual(['full']);
});

test.each(migrated)('%s starts on a migrated database', (name) => {
  const { image, command, env_file, environment } = containers[`${name}-migrate`]!;
  expect(image).toBe(containers[name]!.image);
  expect(command?.[0]).toBe('src/migrate.ts');
  expect(env_file).toBe(`../.data/compose/${name}-migrate.env`);
  expect(environment).toBeUndefined();
  expect(containers[name]!.depends_on?.[`${name}-migrate`]).toEqual({ condition: 'service_completed_successfully' });
});

test('there is nothing else', () => {
  const servers = Object.keys(containers).filter((name) => containers[name]!.profiles.includes('infra'));
  expect(servers).toEqual(['postgresql', 'kafka', 'redis']);
  const known = [...servers, 'jaeger', ...services, ...migrated.map((name) => `${name}-migrate`)];
  expect(Object.keys(containers).toSorted()).toEqual(known.toSorted());
});

test.each(Object.entries(containers))('%s may do little, and is reached from this machine alone', (name, container) => {
  expect(container).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: expect.stringMatching(/^\d+m$/),
  });
  for (const port of container.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  const probed = !name.endsWith('-migrate') && name !== 'jaeger';
  expect(container.healthcheck !== undefined).toBe(probed);
});

const script = readFileSync('helm/infra/files/init-databases.sh', 'utf8');

test('the server makes a login for each database of the topology', () => {
  const names = script.match(/^for name in (.*); do$/m)?.[1]?.split(' ');
  expect(names?.toSorted()).toEqual(migrated.map((name) => topology[name].database).toSorted());
});

test('the auditor may do in containers what it may in the embedded shop', () => {
  const lines = (sql: string) => sql.trim().split(/\n\s*/);
  const grants = lines(letRead(':"name"', auditor));
  expect(script).toContain(grants.join('\n'));
  expect(script.match(/to auditor;$/gm)).toHaveLength(grants.length);
});
