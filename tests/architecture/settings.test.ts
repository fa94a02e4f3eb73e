import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { config } from '@chandlery/config';
import { expect, test } from 'vitest';
import { type ServiceName, topology } from '../../apps/local/src/topology.ts';
import { describeChart, find, manifests, releases } from './helm.ts';

/** Variables that the app finds in its Secret; outside of development these are also the addresses that have passwords. */
function secretsOf(app: ServiceName, env: string): string[] {
  const { secrets, database, bus, keyvalue, calls } = topology[app];
  const mail = calls.some((call) => call.as === 'SMTP_URL');
  const managed = [bus && 'KAFKA_BROKERS', keyvalue && 'REDIS_URL', mail && 'SMTP_URL'];
  const names = [...Object.keys(secrets), database && 'DATABASE_URL', ...(env === 'dev' ? [] : managed)];
  return names.filter((name) => typeof name === 'string');
}

describeChart.each(releases)('%s in %s', (app, env) => {
  const secrets = secretsOf(app, env);
  const given = async () => find(await manifests(app, env), 'ConfigMap', app)?.data ?? {};
  const known = async () => (await import(pathToFileURL(resolve(`apps/${app}/src/config.ts`)).href)).Config;

  test('has no secret in its ConfigMap, and nothing that is not a setting', async () => {
    const names = Object.keys(await given());
    const settings = Object.keys((await known()).properties);
    for (const name of names) expect(settings).toContain(name);
    for (const name of names) expect(secrets).not.toContain(name);
  });

  test('finds every setting it needs in ConfigMap and Secret', async () => {
    const secret = Object.fromEntries(secrets.map((name) => [name, 'secret']));
    expect(config(await known(), { ...(await given()), ...secret })).toMatchObject({ OPS_PORT: 9464, ...secret });
  });
});
