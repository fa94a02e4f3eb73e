import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Call, type ServiceName, services, topology } from '../../apps/local/src/topology.ts';

interface Values {
  ports: Record<string, number>;
  calls?: string[];
  uses?: string[];
  env?: Record<string, string>;
  development?: { calls?: string[]; env?: Record<string, string>; seeds?: boolean; only?: boolean };
  migrations?: { enabled: boolean };
  persistence?: { mountPath: string };
}

const valuesOf = (app: ServiceName) => parse(readFileSync(`helm/values/${app}.yaml`, 'utf8')) as Values;

/** Every setting of the app, with its default. */
async function settings(app: ServiceName): Promise<Record<string, { default?: unknown }>> {
  const { Config } = await import(pathToFileURL(resolve(`apps/${app}/src/config.ts`)).href);
  return Config.properties;
}

function address({ to, protocol, path = '' }: Call): string {
  const port = valuesOf(to).ports[protocol];
  return protocol === 'grpc' ? `${to}-headless:${port}` : `${protocol}://${to}:${port}${path}`;
}

describe.each(services)('values of %s', (app) => {
  const { listens, calls, secrets, database, bus, keyvalue, directory, settings: fixed = {} } = topology[app];
  const values = valuesOf(app);
  const env = { ...values.env, ...values.development?.env };

  test('the ports are those of the settings', async () => {
    const known = await settings(app);
    expect(values.ports).toEqual(
      Object.fromEntries(listens.map((name) => [name, known[`${name.toUpperCase()}_PORT`]?.default])),
    );
  });

  test('it may reach whom the topology lets it call, and knows where', () => {
    const allowed = [...(values.calls ?? []), ...(values.development?.calls ?? [])];
    expect(allowed.toSorted()).toEqual(calls.map(({ to, protocol }) => `${to}.${protocol}`).toSorted());
    expect(env).toMatchObject(Object.fromEntries(calls.map((call) => [call.as, address(call)])));
  });

  test('outside of development it does without the sandbox', () => {
    if (values.development?.only) return expect(app).toBe('sandbox');
    expect(JSON.stringify({ ...values, development: {} })).not.toContain('sandbox');
  });

  test('it uses the servers that the topology gives it', () => {
    const servers = [database && 'postgresql', bus && 'kafka', keyvalue && 'redis', 'jaeger'].filter(Boolean);
    expect(values.uses).toEqual(servers);
    expect(values.migrations?.enabled === true).toBe(database !== undefined);
    expect(values.development?.seeds === true).toBe(existsSync(`apps/${app}/seeds`));
    expect(env[directory ?? '']).toBe(values.persistence?.mountPath);
  });

  test('it names settings of the app alone, and no secret', async () => {
    const known = Object.keys(await settings(app));
    for (const name of Object.keys(env)) expect(known).toContain(name);
    for (const name of Object.keys(secrets)) expect(Object.keys(env)).not.toContain(name);
    expect(env).toMatchObject(fixed);
  });
});

test('the gateway knows the canary of every peer', () => {
  const peers = topology.gateway.calls.filter((call) => call.protocol === 'grpc');
  const addresses = peers.map(({ to }) => [
    `${to.toUpperCase()}_CANARY_URL`,
    `${to}-canary-headless:${valuesOf(to).ports.grpc}`,
  ]);
  expect(valuesOf('gateway').env).toMatchObject(Object.fromEntries(addresses));
});
