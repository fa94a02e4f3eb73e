import { expect, test } from 'vitest';
import { jane, service, signedIn } from '../fixtures/service.ts';

test('a newcomer registers, signs in, and sees and changes their profile', async () => {
  const { users } = await service();
  const { user, tokens, token } = await signedIn(users);
  expect(user).toMatchObject({ email: jane.email, name: jane.name });
  expect(Math.abs(Number(user.createdAt?.seconds) - Date.now() / 1000)).toBeLessThan(60);
  expect(tokens).toMatchObject({ expiresIn: 300, sessionId: expect.any(String), refreshToken: expect.any(String) });
  expect(await users.getMe({}, { token })).toEqual(user);
  expect(await users.updateMe({ name: 'Jane Doe' }, { token })).toEqual({ ...user, name: 'Jane Doe' });
  expect(await users.updateMe({ email: 'doe@example.com' }, { token })).toMatchObject({ email: 'doe@example.com' });
  await expect(users.signIn(jane)).rejects.toMatchObject({ reason: 'bad-credentials' });
  await users.signIn({ ...jane, email: ' DOE@example.com' });
});

test('bad input is named field by field, and a weak password says why', async () => {
  const { users } = await service();
  await expect(users.register({ email: 'jane', password: 'x', name: '' })).rejects.toMatchObject({
    kind: 'invalid',
    fields: [{ field: 'email' }, { field: 'name' }],
  });
  await expect(users.register({ ...jane, password: 'short' })).rejects.toMatchObject({
    kind: 'unprocessable',
    reason: 'weak-password',
    fields: [{ field: 'password', message: 'at least 10 characters' }],
  });
  const { token } = await signedIn(users);
  await expect(users.updateMe({ name: ' ', email: 'x' }, { token })).rejects.toMatchObject({
    fields: [{ field: 'email' }, { field: 'name' }],
  });
  await expect(users.createApiKey({ name: '' }, { token })).rejects.toMatchObject({ fields: [{ field: 'name' }] });
  await expect(users.register({ ...jane, email: 'JANE@example.com' })).rejects.toMatchObject({
    kind: 'conflict',
    reason: 'email-taken',
  });
});

test('a wrong password, an unknown address and no address at all are refused alike', async () => {
  const { users } = await service();
  await users.register(jane);
  for (const email of [jane.email, 'john@example.com', 'nonsense\0']) {
    await expect(users.signIn({ email, password: 'wrong password' })).rejects.toMatchObject({
      kind: 'unauthenticated',
      reason: 'bad-credentials',
      message: 'wrong mail address or password',
    });
  }
});

test('a refresh token rotates; used again it ends the session, and says which', async () => {
  const { users } = await service();
  const { tokens } = await signedIn(users);
  const { outcome } = await users.refresh(tokens);
  if (outcome.case !== 'tokens') throw new Error('not rotated');
  expect(outcome.value).toMatchObject({ sessionId: tokens.sessionId, expiresIn: 300 });
  await users.getMe({}, { token: outcome.value.accessToken });
  expect(await users.checkSession(tokens)).toMatchObject({ open: true });
  const again = await users.refresh(tokens);
  expect(again.outcome).toEqual({ case: 'endedSessionId', value: tokens.sessionId });
  expect(await users.checkSession(tokens)).toMatchObject({ open: false });
  const { refreshToken } = outcome.value;
  await expect(users.refresh({ refreshToken })).rejects.toMatchObject({
    kind: 'unauthenticated',
    reason: 'refresh-token-invalid',
  });
});

test('signing out ends the session of that token, and leaves the others', async () => {
  const { users } = await service();
  const { tokens, token } = await signedIn(users);
  const { sessionId } = await users.signIn(jane);
  await users.signOut({}, { token });
  await users.signOut({}, { token });
  expect(await users.checkSession(tokens)).toMatchObject({ open: false });
  expect(await users.checkSession({ sessionId })).toMatchObject({ open: true });
  await expect(users.refresh(tokens)).rejects.toMatchObject({ kind: 'unauthenticated' });
  expect(await users.checkSession({ sessionId: 'no id' })).toMatchObject({ open: false });
});

test('an API key is shown once, gives tokens of its own, and takes them along when it is deleted', async () => {
  const { users } = await service();
  const { user, token } = await signedIn(users);
  const { apiKey, key } = await users.createApiKey({ name: 'deploy' }, { token });
  const listed = await users.listApiKeys({}, { token });
  expect(listed.apiKeys).toEqual([apiKey]);
  expect(key.startsWith(`${apiKey?.prefix}_`)).toBe(true);
  const sessionId = apiKey?.id ?? '';
  const exchanged = await users.exchangeApiKey({ key });
  expect(await users.getMe({}, { token: exchanged.accessToken })).toEqual(user);
  expect(await users.checkSession({ sessionId })).toMatchObject({ open: true });
  await users.deleteApiKey({ id: sessionId }, { token });
  expect(await users.checkSession({ sessionId })).toMatchObject({ open: false });
  await expect(users.exchangeApiKey({ key })).rejects.toMatchObject({ reason: 'bad-api-key' });
  await expect(users.deleteApiKey({ id: sessionId }, { token })).rejects.toMatchObject({ kind: 'not_found' });
});

test("nobody can delete or see another's API key", async () => {
  const { users } = await service();
  const { token } = await signedIn(users);
  const john = await signedIn(users, { ...jane, email: 'john@example.com' });
  const { apiKey } = await users.createApiKey({ name: 'deploy' }, { token });
  const attempt = users.deleteApiKey({ id: apiKey?.id ?? '' }, { token: john.token });
  await expect(attempt).rejects.toMatchObject({ kind: 'not_found' });
  expect((await users.listApiKeys({}, { token: john.token })).apiKeys).toEqual([]);
});
