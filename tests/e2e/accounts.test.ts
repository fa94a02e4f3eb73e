import { randomUUID } from 'node:crypto';
import { newKey } from '@chandlery/auth';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { anchor, call, newCustomer, password, processOf } from './shop.ts';

test('an account is made once, shown and changed', async () => {
  const customer = await newCustomer();
  expect(customer.user).toEqual({
    id: expect.any(String),
    email: customer.email,
    name: 'Sailor',
    createdAt: expect.any(String),
  });
  const again = await call('POST', '/api/v1/users', { body: { email: customer.email, password, name: 'Other' } });
  expect([again.status, again.body.type]).toEqual([409, 'urn:chandlery:problem:email-taken']);
  expect((await customer.as('PATCH', '/users/me', { body: { name: 'Bosun' } })).body).toMatchObject({ name: 'Bosun' });
  expect((await customer.as('GET', '/users/me')).body).toMatchObject({ name: 'Bosun', email: customer.email });
});

test('a weak password is refused and named', async () => {
  const email = `${randomUUID()}@chandlery.example`;
  const { status, body } = await call('POST', '/api/v1/users', { body: { email, password: 'password', name: 'X' } });
  expect([status, body.errors[0].field]).toEqual([422, 'password']);
});

test('a wrong password and an unknown address get the same answer', async () => {
  const { email } = await newCustomer();
  const wrong = await call('POST', '/api/v1/sessions', { body: { email, password: 'not this one' } });
  const unknown = await call('POST', '/api/v1/sessions', { body: { email: 'nobody@chandlery.example', password } });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect({ ...wrong.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
});

test('refresh tokens rotate; one that is used again ends the session and its access tokens', async () => {
  const customer = await newCustomer();
  const refresh = (refreshToken: string) => call('POST', '/api/v1/sessions/refresh', { body: { refreshToken } });
  const first = await refresh(customer.tokens.refreshToken);
  expect(first.status).toBe(201);
  const authorization = `Bearer ${first.body.accessToken}`;
  expect((await call('GET', '/api/v1/users/me', { headers: { authorization } })).status).toBe(200);
  expect((await refresh(customer.tokens.refreshToken)).status).toBe(401);
  expect((await refresh(first.body.refreshToken)).status).toBe(401);
  expect((await call('GET', '/api/v1/users/me', { headers: { authorization } })).status).toBe(401);
});

test('signing out ends the access token too', async () => {
  const customer = await newCustomer();
  expect((await customer.as('DELETE', '/sessions')).status).toBe(204);
  expect((await customer.as('GET', '/users/me')).status).toBe(401);
});

test('an API key is shown once, works like a token, and ends', async () => {
  const customer = await newCustomer();
  const { status, body } = await customer.as('POST', '/api-keys', { body: { name: 'till' } });
  expect(status).toBe(201);
  const headers = { 'x-api-key': body.key };
  expect((await call('GET', '/api/v1/users/me', { headers })).body.id).toBe(customer.user.id);
  const { body: list } = await customer.as('GET', '/api-keys');
  expect(list.items).toMatchObject([{ id: body.id, name: 'till' }]);
  expect(JSON.stringify(list)).not.toContain(body.key);
  expect((await customer.as('DELETE', `/api-keys/${body.id}`)).status).toBe(204);
  expect((await call('GET', '/api/v1/users/me', { headers })).status).toBe(401);
});

/** A token like a real one, but for what the test changes. */
async function forged(
  token: string,
  claims: JWTPayload,
  { alg = 'EdDSA', jwk = newKey('forged') } = {},
): Promise<string> {
  const [head = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const body = { ...JSON.parse(payload.startsWith('{') ? payload : '{}'), ...claims };
  const { kid } = JSON.parse(head);
  if (alg === 'none') {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none', kid })}.${part(body)}.`;
  }
  if (alg === 'HS256') {
    // the public key as a shared secret: the classic confusion
    const jwks = await call('GET', '/.well-known/jwks.json');
    return new SignJWT(body).setProtectedHeader({ alg, kid }).sign(Buffer.from(JSON.stringify(jwks.body.keys[0])));
  }
  return new SignJWT(body).setProtectedHeader({ alg, kid }).sign(await importJWK(JSON.parse(jwk), alg));
}

const past = Math.floor(Date.now() / 1000) - 3_600;

test.each([
  ['without a signature', {}, { alg: 'none' }],
  ['signed by somebody else', {}, {}],
  ['signed with the public key as a secret', {}, { alg: 'HS256' }],
  ['that has expired', { iat: past - 300, exp: past }, {}],
  ['for another audience', { aud: 'elsewhere' }, {}],
  ['for another user', { sub: randomUUID() }, { alg: 'none' }],
])('a token %s is refused', async (_, claims, options) => {
  const customer = await newCustomer();
  const authorization = `Bearer ${await forged(customer.tokens.accessToken, claims, options)}`;
  const { status } = await call('GET', '/api/v1/users/me', { headers: { authorization } });
  expect(status).toBe(401);
});

test('a token with a letter changed is refused', async () => {
  const { tokens } = await newCustomer();
  const [head, payload, signature = ''] = tokens.accessToken.split('.');
  const changed = `${head}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
  const { status } = await call('GET', '/api/v1/users/me', { headers: { authorization: `Bearer ${changed}` } });
  expect(status).toBe(401);
});

test('a refresh token is not an access token', async () => {
  const { tokens } = await newCustomer();
  const headers = { authorization: `Bearer ${tokens.refreshToken}` };
  expect((await call('GET', '/api/v1/users/me', { headers })).status).toBe(401);
});

test('nothing but the catalogue is for everyone', async () => {
  for (const path of ['/users/me', '/orders', '/api-keys']) {
    expect((await call('GET', `/api/v1${path}`)).status, path).toBe(401);
  }
  const headers = { 'idempotency-key': randomUUID() };
  const order = await call('POST', '/api/v1/orders', {
    body: { items: anchor, paymentMethod: 'pm_card_visa' },
    headers,
  });
  expect(order.status).toBe(401);
  expect((await call('GET', '/api/v1/products')).status).toBe(200);
});

test('a restart of gateway and user signs nobody out', async () => {
  const customer = await newCustomer();
  for (const name of ['gateway', 'user']) {
    const { pid } = processOf(name);
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => processOf(name).pid, { timeout: 20_000 }).not.toBe(pid);
  }
  const me = () =>
    customer.as('GET', '/users/me').then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(me, { timeout: 20_000 }).toBe(200);
});

test('too many requests of one customer are refused with when to come back; others go on', async () => {
  const [busy, other] = [await newCustomer(), await newCustomer()];
  // fewer at a time than the gateway lets in at the door
  const some = () => Promise.all(Array.from({ length: 40 }, () => busy.as('GET', '/users/me')));
  const refused = [];
  for (let rounds = 0; refused.length === 0 && rounds < 100; rounds++)
    refused.push(...(await some()).filter(({ status }) => status === 429));
  expect(refused.length).toBeGreaterThan(0);
  const [first] = refused;
  expect(Number(first?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(first?.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
  expect(first?.headers.get('ratelimit-policy')).toBe('"default";q=200;w=10');
  expect((await other.as('GET', '/users/me')).status).toBe(200);
});
