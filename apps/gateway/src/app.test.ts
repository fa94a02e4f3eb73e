import { newKey, ownIdentity, publicKeys, signer, verifier } from '@chandlery/auth';
import { UserService } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import { grpcServer, implement, type Methods } from '@chandlery/grpc';
import { inProcessKeyValue } from '@chandlery/keyvalue';
import { setDefence } from '@chandlery/resilience';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { app } from './app.ts';
import { canary } from './canary.ts';
import { clients } from './clients.ts';

const log = logger('gateway', 'silent');
const [gatewayKey, userKey] = [newKey('gateway'), newKey('user-1')];
const tokens = signer(JSON.stringify({ keys: [JSON.parse(userKey)] }));
const alice = '0198c0de-0000-7000-8000-00000000a11c';

type Users = Partial<Methods<typeof UserService>>;

/** The address of a user service that knows what the test says. */
async function userService(methods: Users) {
  const notThis = async () => {
    throw new Failure('unavailable', 'not in this test');
  };
  const names = UserService.methods.map(({ localName }) => [localName, notThis]);
  const users = implement(UserService, { ...Object.fromEntries(names), ...methods });
  const verify = verifier({ userKeys: tokens.jwks(), serviceKeys: publicKeys(gatewayKey) });
  const peer = grpcServer({ log, verify, services: [users] });
  onTestFinished(() => peer.stop());
  return `127.0.0.1:${await peer.listen(0, '127.0.0.1')}`;
}

/** The gateway with a user service, perhaps with a canary, and no other peer. */
async function given(methods: Users = {}, beside?: Users) {
  const [there, USER_CANARY_URL] = [await userService(methods), beside && (await userService(beside))];
  const verify = verifier({ userKeys: tokens.jwks(), serviceKeys: publicKeys(gatewayKey) });
  const urls = {
    USER_SERVICE_URL: there,
    ORDER_SERVICE_URL: there,
    PAYMENT_SERVICE_URL: there,
    NOTIFICATION_SERVICE_URL: there,
  };
  const kept = inProcessKeyValue();
  const canaries = canary({ kept, log, settings: { CANARY_MIN_CALLS: 20, USER_CANARY_URL } });
  const peers = clients(urls, ownIdentity('gateway', gatewayKey), canaries);
  const settings = { RATE_LIMIT_PER_SECOND: 1, RATE_LIMIT_BURST: 100, SIGN_INS_PER_MINUTE: 20 };
  const parts = { log, clients: peers, canary: canaries, kept, verify, trustProxy: false as const, settings };
  const gateway = await app({ ...parts, jwksUrl: 'http://127.0.0.1:1/' });
  onTestFinished(async () => {
    await gateway.close();
    for (const client of Object.values(peers)) client.close();
  });
  return gateway;
}

const authorization = async (sessionId = 's1') => `Bearer ${await tokens.sign({ userId: alice, sessionId })}`;

test('sign-ins and sign-ups of one address are limited together', async () => {
  const gateway = await given();
  const attempt = (url: string) => gateway.inject({ method: 'POST', url: `/api/v1/${url}`, payload: {} });
  const answers = await Promise.all(Array.from({ length: 21 }, (_, n) => attempt(n % 2 ? 'users' : 'sessions')));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  expect(answers.filter(({ statusCode }) => statusCode === 400)).toHaveLength(20);
  expect(refused).toHaveLength(1);
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused[0]?.headers['ratelimit-policy']).toBe('"sign-in";q=20;w=60');
});

test('with the rate limit switched off nobody is refused', async () => {
  setDefence('rate-limit', false);
  onTestFinished(() => setDefence('rate-limit', true));
  const gateway = await given();
  const attempt = () => gateway.inject({ method: 'POST', url: '/api/v1/sessions', payload: {} });
  const answers = await Promise.all(Array.from({ length: 21 }, attempt));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([400]));
});

test('whether a session is open is asked once', async () => {
  let asked = 0;
  const gateway = await given({
    checkSession: async () => {
      asked++;
      return { open: true };
    },
    getMe: async (_, { identity }) => ({ id: identity.id, email: 'a@example.org', name: 'Alice' }),
  });
  const headers = { authorization: await authorization() };
  for (let request = 0; request < 3; request++) {
    const { statusCode, body } = await gateway.inject({ url: '/api/v1/users/me', headers });
    expect([statusCode, JSON.parse(body).id]).toEqual([200, alice]);
  }
  expect(asked).toBe(1);
});

test('a session that has ended is refused', async () => {
  const gateway = await given({ checkSession: async () => ({ open: false }) });
  const answer = await gateway.inject({ url: '/api/v1/users/me', headers: { authorization: await authorization() } });
  expect([answer.statusCode, answer.json().type]).toEqual([401, 'urn:chandlery:problem:session-ended']);
});

test('where user cannot be asked, an unknown session is neither let in nor signed out', async () => {
  const gateway = await given();
  const answer = await gateway.inject({ url: '/api/v1/users/me', headers: { authorization: await authorization() } });
  expect(answer.statusCode).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

test('a service’s own token opens nothing at the gateway', async () => {
  const gateway = await given();
  const token = await ownIdentity('gateway', gatewayKey)();
  const answer = await gateway.inject({ url: '/api/v1/users/me', headers: { authorization: `Bearer ${token}` } });
  expect(answer.statusCode).toBe(401);
});

test('a request with the header `canary: true` is the canary’s, with or without a body', async () => {
  const gateway = await given(
    {},
    {
      signIn: async () => ({ sessionId: 's1', accessToken: 'of the canary' }),
      checkSession: async () => ({ open: true }),
      getMe: async () => ({ id: alice, email: 'a@example.org', name: 'of the canary' }),
    },
  );
  const headers = { canary: 'true', authorization: await authorization() };
  const payload = { email: 'a@example.org', password: 'x' };
  const signedIn = await gateway.inject({ method: 'POST', url: '/api/v1/sessions', payload, headers });
  expect([signedIn.statusCode, signedIn.json().accessToken]).toEqual([201, 'of the canary']);
  const me = await gateway.inject({ url: '/api/v1/users/me', headers });
  expect([me.statusCode, me.json().name]).toEqual([200, 'of the canary']);
});
