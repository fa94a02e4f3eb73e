import { createPrivateKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { newKey, ownIdentity, publicKeys, signer } from './index.ts';

const keys = (...jwks: string[]) => `{"keys":[${jwks.join(',')}]}`;

test('an access token names the user and the session, and nothing personal', async () => {
  const signed = await signer(keys(newKey('2026-11')), () => 1_000_000).sign({ userId: 'u1', sessionId: 's1' });
  expect(decodeProtectedHeader(signed)).toEqual({ alg: 'EdDSA', kid: '2026-11' });
  expect(decodeJwt(signed)).toEqual({
    iss: 'user',
    aud: 'chandlery',
    sub: 'u1',
    sid: 's1',
    iat: 1_000,
    exp: 1_300,
    jti: expect.any(String),
  });
});

test('the first key signs, all are published, none with its private half', async () => {
  const signs = signer(keys(newKey('new'), newKey('old')));
  expect(decodeProtectedHeader(await signs.sign({ userId: 'u', sessionId: 's' }))).toMatchObject({ kid: 'new' });
  expect(signs.jwks().keys.map(({ kid }) => kid)).toEqual(['new', 'old']);
  for (const key of signs.jwks().keys)
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  expect(publicKeys(newKey('a'))).not.toContain('"d"');
});

test('every new key is another one, and can sign', () => {
  const [one, other] = [newKey('k'), newKey('k')].map((json) => JSON.parse(json));
  expect(one).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: 'k' });
  expect(one.d).not.toBe(other.d);
  expect(createPrivateKey({ key: one, format: 'jwk' }).type).toBe('private');
});

test.each([
  ['no JSON', 'secret{'],
  ['no keys', '{}'],
  ['an empty set', '{"keys":[]}'],
  ['a public key', keys(JSON.stringify(JSON.parse(publicKeys(newKey('secret'))).keys[0]))],
  ['a key without a name', keys('{"kty":"OKP","crv":"Ed25519","x":"secret","d":"secret"}')],
  ['a key of another kind', keys('{"kty":"oct","k":"c2VjcmV0","kid":"secret"}')],
])('a signer refuses %s without quoting it', (_, json) => {
  expect(() => signer(json)).toThrow(/expected|no key/);
  expect(() => signer(json)).not.toThrow(/secret/);
});

test('a service uses its token again until a minute before its end', async () => {
  let at = 1_000_000;
  const identity = ownIdentity('order', newKey('order'), () => at);
  const first = await identity();
  at += 239_000;
  expect(await identity()).toBe(first);
  at += 1_000;
  const second = await identity();
  expect(second).not.toBe(first);
  expect(decodeJwt(second)).toMatchObject({ iss: 'order', sub: 'order', aud: 'chandlery', exp: 1_540 });
});

test('a service cannot take the key of another', () => {
  expect(() => ownIdentity('order', newKey('gateway'))).toThrow('the key id of order must be its name');
});
