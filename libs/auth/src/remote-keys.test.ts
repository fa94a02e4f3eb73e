import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newKey, publicKeys, type Signer, signer, verifier } from './index.ts';

const userKey = newKey('2026-11');
const keys = (...jwks: string[]) => `{"keys":[${jwks.join(',')}]}`;
const token = { userId: 'u1', sessionId: 's1' };

/** A user service that publishes the keys of `current`. */
async function published(current: Signer) {
  const state = { current, requests: 0, broken: false };
  const server = createServer((_, response) => {
    state.requests += 1;
    response.statusCode = state.broken ? 500 : 200;
    response.end(JSON.stringify(state.current.jwks()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  onTestFinished(stop);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`);
  return { state, stop, verify: verifier({ userKeys: url, serviceKeys: publicKeys(newKey('order')) }) };
}

function clock() {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  return { advance: (ms: number) => vi.setSystemTime(Date.now() + ms) };
}

test('published keys are fetched once for many tokens', async () => {
  const signs = signer(keys(userKey));
  const { state, verify } = await published(signs);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => signs.sign(token)));
  await Promise.all(tokens.map(verify));
  expect(state.requests).toBe(1);
});

test('an unknown key id fetches the keys again, at most once in five seconds', async () => {
  const { advance } = clock();
  const { state, verify } = await published(signer(keys(userKey)));
  await verify(await signer(keys(userKey)).sign(token));
  const next = signer(keys(newKey('2026-12'), userKey));
  state.current = next;
  await expect(verify(await next.sign(token))).rejects.toMatchObject({ reason: 'token-invalid' });
  expect(state.requests).toBe(1);
  advance(6_000);
  expect(await verify(await next.sign(token))).toMatchObject({ id: 'u1' });
  expect(await verify(await signer(keys(userKey)).sign(token))).toMatchObject({ id: 'u1' });
  expect(state.requests).toBe(2);
});

test('a known key keeps working while the user service is down; an unknown one is unavailable, not invalid', async () => {
  const { advance } = clock();
  const { stop, verify } = await published(signer(keys(userKey)));
  await verify(await signer(keys(userKey)).sign(token));
  await stop();
  advance(60 * 60_000);
  expect(await verify(await signer(keys(userKey)).sign(token))).toMatchObject({ id: 'u1' });
  await expect(verify(await signer(keys(newKey('new'))).sign(token))).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'keys-unavailable',
  });
});

test('keys that were never fetched are unavailable until the user service answers', async () => {
  const { state, verify } = await published(signer(keys(userKey)));
  state.broken = true;
  await expect(verify(await signer(keys(userKey)).sign(token))).rejects.toMatchObject({ kind: 'unavailable' });
  state.broken = false;
  expect(await verify(await signer(keys(userKey)).sign(token))).toMatchObject({ id: 'u1' });
});

test('a key that is no longer published is forgotten within five minutes', async () => {
  const { advance } = clock();
  const { state, verify } = await published(signer(keys(userKey)));
  await verify(await signer(keys(userKey)).sign(token));
  state.current = signer(keys(newKey('2026-12')));
  advance(5 * 60_000);
  const withdrawn = async () => verify(await signer(keys(userKey)).sign(token));
  await expect.poll(() => withdrawn().catch(({ reason }) => reason)).toBe('token-invalid');
});
