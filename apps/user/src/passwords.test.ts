import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { passwords } from './passwords.ts';

const { hash, matches } = passwords();

test("a hash is argon2id at OWASP's cost, salted, and matches its password alone", async () => {
  const [one, other] = await Promise.all([hash('rope tar canvas'), hash('rope tar canvas')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(other);
  expect(await matches('rope tar canvas', one)).toBe(true);
  expect(await matches('rope tar canvaS', one)).toBe(false);
  expect(await matches('rope tar canvas', undefined)).toBe(false);
});

test('a password matches however its characters were typed', async () => {
  expect(await matches('cafe\u0301 on the pier', await hash('café on the pier'))).toBe(true);
});

test('checking takes as long where there is no account', async () => {
  const known = await hash('rope tar canvas');
  const seconds = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 6; round++) {
    for (const [who, expected] of [
      ['known', known],
      ['unknown', undefined],
    ] as const) {
      const start = performance.now();
      await matches('wrong password', expected);
      seconds[who] = Math.min(seconds[who], (performance.now() - start) / 1_000);
    }
  }
  // generous, since a busy machine disturbs either; without the work the quotient is under a hundredth
  expect(seconds.unknown / seconds.known).toBeGreaterThan(0.3);
  expect(seconds.unknown / seconds.known).toBeLessThan(3);
});

test('a burst waits its turn, and what exceeds the queue is refused at once', async () => {
  const narrow = passwords({ parallel: 1, waiting: 2 });
  const burst = await Promise.allSettled(Array.from({ length: 5 }, () => narrow.hash('rope tar canvas')));
  expect(burst.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(burst[4]).toMatchObject({ reason: { kind: 'unavailable', reason: 'busy', retryAfterMs: 1_000 } });
  await expect(narrow.hash('rope tar canvas')).resolves.toContain('$argon2id$');
});

test('nothing is hashed for a caller who has gone, and the next has its turn', async () => {
  const narrow = passwords({ parallel: 1 });
  const caller = new AbortController();
  const waiting = [narrow.hash('one'), narrow.hash('two', caller.signal), narrow.hash('three')];
  caller.abort(new Error('gone'));
  const [one, two, three] = await Promise.allSettled(waiting);
  expect(two).toMatchObject({ status: 'rejected', reason: { message: 'gone' } });
  expect([one?.status, three?.status]).toEqual(['fulfilled', 'fulfilled']);
});
