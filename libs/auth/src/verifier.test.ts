import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeEach, expect, test, vi } from 'vitest';
import { newKey, ownIdentity, publicKeys, type Signer, signer, type Verify, verifier } from './index.ts';
import { privateKey } from './keys.ts';

const userKey = newKey('2026-11');
const orderKey = newKey('order');
const gatewayKey = newKey('gateway');
const keys = (...jwks: string[]) => `{"keys":[${jwks.join(',')}]}`;

const token = { userId: 'u1', sessionId: 's1' };
const claims = { iss: 'user', aud: 'chandlery', sub: 'u1', sid: 's1', jti: 'j1' };
const sourceOf = (signs: Signer, now: () => number = Date.now): Verify =>
  verifier({ userKeys: signs.jwks(), serviceKeys: publicKeys(orderKey, gatewayKey), now });

/** A token as nobody here would make it. */
function forged(
  payload: Record<string, unknown>,
  key = userKey,
  { kid = '2026-11' }: { kid?: string | undefined } = {},
) {
  const seconds = Math.floor(Date.now() / 1000);
  return new SignJWT({ iat: seconds, exp: seconds + 300, ...payload })
    .setProtectedHeader({ alg: 'EdDSA', ...(kid ? { kid } : {}) })
    .sign(privateKey(JSON.parse(key)).key);
}

let verify: Verify;
beforeEach(() => {
  verify = sourceOf(signer(keys(userKey)));
});

test("a user's token says who calls, and in which session", async () => {
  const signed = await signer(keys(userKey)).sign(token);
  expect(await verify(signed)).toEqual({ kind: 'user', id: 'u1', sessionId: 's1', token: signed });
});

test("a service's token says which service calls", async () => {
  const own = await ownIdentity('order', orderKey)();
  expect(await verify(own)).toEqual({ kind: 'service', id: 'order', token: own });
});

const good = () => forged(claims);
const misuses: Record<string, () => Promise<string> | string> = {
  'an empty string': () => '',
  'not a token': () => 'Bearer',
  'alg none': () => new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('5m').encode(),
  'alg none with the right key id': async () =>
    (await good()).replace(/^[^.]+/, Buffer.from('{"alg":"none","kid":"2026-11"}').toString('base64url')),
  'HMAC with the public key as its secret': () =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: '2026-11' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(Buffer.from(JSON.stringify(signer(keys(userKey)).jwks().keys[0]))),
  'another key with the same key id': () => forged(claims, newKey('2026-11')),
  'an unknown key id': () => forged(claims, userKey, { kid: 'nobody' }),
  'no key id': () => forged(claims, userKey, { kid: '' }),
  'a changed payload': async () =>
    (await good()).replace(/\.[^.]+\./, (await forged({ ...claims, sub: 'u2' })).match(/\.[^.]+\./)![0]),
  'another audience': () => forged({ ...claims, aud: 'elsewhere' }),
  'another issuer': () => forged({ ...claims, iss: 'https://elsewhere.example' }),
  'no end': () => forged({ ...claims, exp: undefined }),
  'no subject': () => forged({ ...claims, sub: undefined }),
  'no id of its own': () => forged({ ...claims, jti: undefined }),
  'no issuer': () => forged({ ...claims, iss: undefined }),
  'no session': () => forged({ ...claims, sid: undefined }),
  'an issue date in the future': () => forged({ ...claims, iat: Math.floor(Date.now() / 1000) + 60 }),
  "a service's key for a user's token": () => forged(claims, orderKey, { kid: 'order' }),
  "a service's key for another service's token": () =>
    forged({ ...claims, iss: 'gateway', sub: 'gateway' }, orderKey, { kid: 'order' }),
  'a service that speaks for another subject': () =>
    forged({ ...claims, iss: 'order', sub: 'gateway' }, orderKey, { kid: 'order' }),
  "the user service's key for a service's token": () => forged({ ...claims, iss: 'order', sub: 'order' }),
};

test.each(Object.entries(misuses))('a token is refused for %s', async (_, make) => {
  const refusal = {
    kind: 'unauthenticated',
    reason: 'token-invalid',
    message: 'the token is not valid',
    cause: undefined,
  };
  await expect(Promise.resolve(make()).then(verify)).rejects.toMatchObject(refusal);
});

test('the forgery of these tests passes where nothing is wrong', async () => {
  expect(await verify(await good())).toMatchObject({ id: 'u1' });
});

test('a token expires after five minutes, and a few seconds for differing clocks', async () => {
  let at = Date.now();
  const signs = signer(keys(userKey), () => at);
  const patient = sourceOf(signs, () => at);
  const signed = await signs.sign(token);
  at += 303_000;
  expect(await patient(signed)).toMatchObject({ id: 'u1' });
  at += 3_000;
  await expect(patient(signed)).rejects.toMatchObject({ kind: 'unauthenticated', reason: 'token-expired' });
});

test('a token that was found good is believed for a minute without a look at its signature', async () => {
  let at = Date.now();
  const patient = sourceOf(signer(keys(userKey)), () => at);
  const looks = vi.spyOn(crypto.subtle, 'verify');
  const signed = await good();
  const identity = await patient(signed);
  at += 59_000;
  expect(await patient(signed)).toEqual(identity);
  expect(looks).toHaveBeenCalledTimes(1);
  at += 2_000;
  expect(await patient(signed)).toEqual(identity);
  expect(looks).toHaveBeenCalledTimes(2);
});

test('what was found bad is not believed the next time either', async () => {
  const changed = await misuses['a changed payload']?.();
  for (let time = 0; time < 2; time++)
    await expect(verify(changed ?? '')).rejects.toMatchObject({ reason: 'token-invalid' });
});

test('a token made to live for years is good for five minutes', async () => {
  const iat = Math.floor(Date.now() / 1000) - 310;
  await expect(verify(await forged({ ...claims, iat, exp: iat + 1e8 }))).rejects.toMatchObject({
    reason: 'token-expired',
  });
});
