import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImages, revision, root } from '../images.ts';
import { type Secrets, secretsOf } from '../secrets.ts';
import { type Say, step } from '../steps.ts';
import { services } from '../topology.ts';
import { available, compose, directory, prepareVariables, project, published, volumeExists } from './docker.ts';
import { fileOf, secretVariables } from './variables.ts';

/** Makes the secrets, once, and gives each container a file with those which it needs. */
async function prepareSecrets(): Promise<Secrets> {
  const locked = (await volumeExists('postgresql')) ? `the volume ${project}_postgresql` : undefined;
  const secrets = await secretsOf(join(directory, 'secrets.json'), { locked, start: 'npm run start:compose' });
  for (const [container, variables] of Object.entries(secretVariables(secrets))) {
    writeFileSync(join(directory, `${container}.env`), fileOf(variables), { mode: 0o600 });
  }
  return secrets;
}

const start = (containers: readonly string[], more: readonly string[] = []) =>
  compose(...more, 'up', '--detach', '--wait', '--remove-orphans', ...containers);

const proxied = ['--file', join(root, 'docker', 'compose.network.yaml')];

/** Starts PostgreSQL, Kafka and Redis. Logins and databases become what the secrets say, also where they were made by others. */
export async function startServers(say: Say): Promise<Secrets> {
  prepareVariables();
  const secrets = await prepareSecrets();
  await step(say, 'PostgreSQL, Kafka and Redis are ready', async () => {
    await start(['postgresql', 'kafka', 'redis']);
    await compose('exec', '--no-TTY', 'postgresql', 'sh', '/docker-entrypoint-initdb.d/init-databases.sh');
  });
  return secrets;
}

/** A file for a shell: the servers as `npm start` and `npm test` can use them. */
export async function tellServers({ passwords }: Secrets): Promise<string> {
  const [postgres, kafka, redis] = await Promise.all([
    published('postgresql', 5432),
    published('kafka', 9192),
    published('redis', 6379),
  ]);
  const file = join(directory, 'servers.env');
  const urls = { KAFKA_BROKERS: kafka, REDIS_URL: `redis://${redis}` };
  const admin = `postgres://postgres:${passwords.postgres}@${postgres}/postgres`;
  writeFileSync(file, fileOf({ POSTGRES_URL: admin, ...urls }), { mode: 0o600 });
  return file;
}

export interface Started {
  customer: Secrets['customer'];
  /** Whether there is a Jaeger. */
  traced: boolean;
}

/** Brings everything up, or up to date; what is as it should be stays untouched. With `toxiproxy` order has a proxy around it. */
export async function startShop(say: Say, toxiproxy: boolean): Promise<Started> {
  const tag = await revision();
  await step(say, `images built: ${tag}`, () => buildImages(tag));
  const { customer } = await startServers(say);
  prepareVariables(tag);
  const traced = await available('jaeger');
  if (!traced) say('without traces: there is no image of Jaeger, and none could be had');
  const containers = [...services, ...(traced ? ['jaeger'] : []), ...(toxiproxy ? ['toxiproxy'] : [])];
  const files = toxiproxy ? proxied : [];
  await step(say, `migrated and ready: ${containers.join(', ')}`, () => start(containers, files));
  return { customer, traced };
}
