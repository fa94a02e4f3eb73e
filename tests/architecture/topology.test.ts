import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type ServiceName, services, topology } from '../../apps/local/src/topology.ts';

/** What every process is given by `ServiceSettings`. */
const common = ['HOST', 'OPS_PORT', 'LOG_LEVEL', 'DRAIN_DELAY_MS', 'STOP_DEADLINE_MS', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

async function settings(app: ServiceName): Promise<string[]> {
  const { Config } = await import(pathToFileURL(resolve(`apps/${app}/src/config.ts`)).href);
  return Object.keys(Config.properties);
}

/** The variables that the topology file gives an app. */
function given(app: ServiceName): string[] {
  const { listens, calls, secrets, database, bus, keyvalue, directory, settings: fixed } = topology[app];
  return [
    ...listens.map((protocol) => `${protocol.toUpperCase()}_PORT`),
    ...calls.map((call) => call.as),
    ...Object.keys(secrets),
    ...Object.keys(fixed ?? {}),
    ...(database ? ['DATABASE_URL'] : []),
    ...(bus ? ['BUS_URL', 'KAFKA_BROKERS'] : []),
    ...(keyvalue ? ['REDIS_URL'] : []),
    ...(directory ? [directory] : []),
  ];
}

describe.each(services)('%s', (app) => {
  test('has a setting for everything that the topology gives it', async () => {
    const known = await settings(app);
    for (const name of given(app)) expect(known).toContain(name);
    for (const name of common) expect(known).toContain(name);
  });

  test('calls whom the topology says', async () => {
    const addresses = (await settings(app)).filter((name) =>
      /_(SERVICE_URL|JWKS_URL|HOST)$|^(SMTP|WEBHOOK)_URL$/.test(name),
    );
    expect(addresses.toSorted()).toEqual(topology[app].calls.map((call) => call.as).toSorted());
  });

  test('uses broker, database and shared state only if the topology says so', () => {
    const { dependencies } = JSON.parse(readFileSync(`apps/${app}/package.json`, 'utf8'));
    expect('@chandlery/messaging' in dependencies).toBe(topology[app].bus === true);
    expect('@chandlery/database' in dependencies).toBe(topology[app].database !== undefined);
    expect('@chandlery/keyvalue' in dependencies).toBe(topology[app].keyvalue === true);
    expect(existsSync(`apps/${app}/migrations`)).toBe(topology[app].database !== undefined);
  });
});

test('the environment is read in one place', () => {
  const readers = globSync('{apps,libs}/*/src/**/*.ts')
    .filter((file) => !/(\.test|-for-tests|fixtures?|conformance)/.test(file) && !file.startsWith('libs/testing/'))
    .filter((file) => readFileSync(file, 'utf8').includes('process.env'));
  expect(readers).toEqual(['libs/config/src/index.ts']);
});
