import { randomBytes } from 'node:crypto';
import { newKey } from '@chandlery/auth';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { forward } from './forward.ts';
import { kubectl, read, secret } from './kube.ts';
import { restart } from './pods.ts';
import { allServed, auditHolds, shop, underLoad } from './shop.ts';

/** Replaces one value of a Secret; pods see it when they start. */
async function put(name: string, key: string, value: string): Promise<void> {
  const now = await read('secret', name);
  const input = JSON.stringify({ ...now, stringData: { [key]: value } });
  await kubectl(['replace', '--filename', '-'], { input });
}

async function asSuperuser(...statements: string[]): Promise<void> {
  const password = await secret('postgresql', 'POSTGRES_PASSWORD');
  await using way = await forward('service/postgresql', 5432);
  const client = new pg.Client({ host: '127.0.0.1', port: way.port, user: 'postgres', password, database: 'orders' });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Whether one can log in with this URL, which is the one that pods use. */
async function opens(url: string): Promise<boolean> {
  await using way = await forward('service/postgresql', 5432);
  const local = new URL(url);
  [local.hostname, local.port] = ['127.0.0.1', String(way.port)];
  const client = new pg.Client({ connectionString: local.href });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

test('order’s database password is replaced without a failed request: a second login, then the end of the first', async () => {
  const old = await secret('order', 'DATABASE_URL');
  const { password: oldPassword } = new URL(old);
  const next = new URL(old);
  [next.username, next.password] = ['orders_2', randomBytes(18).toString('base64url')];
  onTestFinished(async () => {
    await asSuperuser(`alter role orders login password '${decodeURIComponent(oldPassword)}'`);
    await put('order', 'DATABASE_URL', old);
    await restart('order');
    await asSuperuser('drop role if exists orders_2');
  }, 300_000);
  const load = await underLoad();
  await asSuperuser(
    'drop role if exists orders_2',
    `create role orders_2 login password '${next.password}' in role orders`,
    'alter role orders_2 set role orders',
  );
  await put('order', 'DATABASE_URL', next.href);
  await restart('order');
  await asSuperuser(`alter role orders nologin password '${randomBytes(18).toString('base64url')}'`);
  expect(await opens(old)).toBe(false);
  expect(await opens(next.href)).toBe(true);
  const { accepted } = await allServed(load, 'new database password of order');
  await asSuperuser(`alter role orders login password '${decodeURIComponent(oldPassword)}'`);
  await auditHolds(accepted);
});

interface Keys {
  keys: { kid: string }[];
}

const signingKey = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

const publishedKeys = async (): Promise<string[]> => {
  const { body } = await shop.call('GET', '/.well-known/jwks.json');
  return (body as Keys).keys.map(({ kid }) => kid);
};

test('the key that signs tokens is replaced without a failed request, and signs nobody out', async () => {
  const before = await shop.newCustomer();
  const { keys } = JSON.parse(await secret('user', 'JWT_PRIVATE_KEYS')) as Keys;
  const [old, ...older] = keys;
  const next = JSON.parse(newKey(`user-${randomBytes(4).toString('hex')}`));
  const install = async (...all: unknown[]) => {
    await put('user', 'JWT_PRIVATE_KEYS', JSON.stringify({ keys: all }));
    await restart('user');
  };
  const load = await underLoad();
  await install(old, next, ...older);
  expect(await publishedKeys()).toEqual(expect.arrayContaining([old?.kid, next.kid]));
  expect(signingKey((await shop.newCustomer()).tokens.accessToken)).toBe(old?.kid);
  // the old ones stay until the last token that they have signed has ended
  await install(next, ...keys.slice(0, 3));
  const after = await shop.newCustomer();
  expect(signingKey(after.tokens.accessToken)).toBe(next.kid);
  for (const customer of [before, after]) expect((await customer.as('GET', '/users/me')).status).toBe(200);
  await allServed(load, 'new signing key of user');
});
