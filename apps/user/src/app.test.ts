import { newKey, signer } from '@chandlery/auth';
import { createLocalJWKSet, jwtVerify, UnsecuredJWT } from 'jose';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { jane, service, signedIn } from './fixtures/service.ts';

const forbidden = { kind: 'forbidden' };

test('everyone can verify an access token with the published keys', async () => {
  const { users, http } = await service();
  const { user, tokens, token } = await signedIn(users);
  const answer = await http.inject('/.well-known/jwks.json');
  expect(answer.headers['cache-control']).toBe('public, max-age=300');
  expect(answer.headers['content-type']).toContain('application/jwk-set+json');
  expect(answer.body).not.toContain('"d"');
  const { payload } = await jwtVerify(token, createLocalJWKSet(answer.json()));
  expect(payload).toMatchObject({ iss: 'user', aud: 'chandlery', sub: user.id, sid: tokens.sessionId });
});

test('what is for the gateway is refused to users and to other services', async () => {
  const { users, order } = await service();
  const { tokens, token } = await signedIn(users);
  for (const call of [order, users]) {
    const options = call === users ? { token } : {};
    await expect(call.register(jane, options)).rejects.toMatchObject(forbidden);
    await expect(call.signIn(jane, options)).rejects.toMatchObject(forbidden);
    await expect(call.refresh(tokens, options)).rejects.toMatchObject(forbidden);
    await expect(call.checkSession(tokens, options)).rejects.toMatchObject(forbidden);
    await expect(call.exchangeApiKey({ key: 'chk_' }, options)).rejects.toMatchObject(forbidden);
  }
});

test("what is a user's own is refused to services, the gateway included", async () => {
  const { users } = await service();
  await expect(users.getMe({})).rejects.toMatchObject(forbidden);
  await expect(users.updateMe({ name: 'x' })).rejects.toMatchObject(forbidden);
  await expect(users.signOut({})).rejects.toMatchObject(forbidden);
  await expect(users.createApiKey({ name: 'x' })).rejects.toMatchObject(forbidden);
  await expect(users.listApiKeys({})).rejects.toMatchObject(forbidden);
  await expect(users.deleteApiKey({ id: v7() })).rejects.toMatchObject(forbidden);
});

test('a token that is expired, unsigned or of another key opens nothing', async () => {
  const { users, signer: own } = await service();
  const { user } = await signedIn(users);
  const claims = { userId: user.id, sessionId: v7() };
  const getMe = (token: string) => users.getMe({}, { token });
  const stranger = signer(`{"keys":[${newKey('test')}]}`);
  await expect(getMe(await own().sign(claims))).resolves.toEqual(user);
  const expired = await own(() => Date.now() - 310_000).sign(claims);
  await expect(getMe(expired)).rejects.toMatchObject({ kind: 'unauthenticated', reason: 'token-expired' });
  const unsigned = new UnsecuredJWT({ iss: 'user', aud: 'chandlery', sub: user.id }).setExpirationTime('5m').encode();
  for (const token of [await stranger.sign(claims), unsigned, ''])
    await expect(getMe(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
});

test('a user who is gone is not found', async () => {
  const { users, signer: own } = await service();
  const token = await own().sign({ userId: v7(), sessionId: v7() });
  await expect(users.getMe({}, { token })).rejects.toMatchObject({ kind: 'not_found' });
  await expect(users.updateMe({ name: 'x' }, { token })).rejects.toMatchObject({ kind: 'not_found' });
  await expect(users.createApiKey({ name: 'x' }, { token })).rejects.toMatchObject({ kind: 'not_found' });
});
