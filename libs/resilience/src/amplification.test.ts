import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policy } from './policy.ts';
import { switchedOff } from './switched-off-for-tests.ts';

/** How many calls a peer gets that fails them all, for each request of its clients. Repeats have no breaker to help them. */
async function amplification(clients: number, requests: number, attempts: number): Promise<number> {
  let calls = 0;
  const clock = { sleep: async () => undefined, random: Math.random };
  const options = { target: 'peer', deadlineMs: 60_000, transient: () => true, breaker: false, clock } as const;
  const fail = async () => {
    calls++;
    throw new Error('overloaded');
  };
  const client = async () => {
    const peer = policy({ ...options, retry: { attempts } });
    for (let request = 0; request < requests; request++) await peer.run(fail, true).catch(() => undefined);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return calls / (clients * requests);
}

/** What each client may have saved up for repeats, when it begins. */
const BURST = 10;

test('any number of clients with the budget multiply the load of a peer that fails by 1.2 at most, beside what they had saved up', async () => {
  const few = fc.integer({ min: 1, max: 10 });
  await fc.assert(
    fc.asyncProperty(few, fc.integer({ min: 1, max: 100 }), few, async (clients, requests, attempts) => {
      expect(await amplification(clients, requests, attempts)).toBeLessThanOrEqual(1.2 + BURST / requests);
    }),
    { numRuns: 20 },
  );
  expect(await amplification(20, 500, 5)).toBeLessThanOrEqual(1.2 + BURST / 500);
});

test('without the budget they multiply it by their tries', async () => {
  switchedOff('retry-budget');
  expect(await amplification(20, 100, 5)).toBe(5);
});

test('layers that all may repeat multiply no more than one: who gave up has done it for all', async () => {
  switchedOff('retry-budget');
  const clock = { sleep: async () => undefined, random: Math.random };
  const layer = () => policy({ target: 'peer', deadlineMs: 60_000, transient: () => true, breaker: false, clock });
  const [outer, middle, inner] = [layer(), layer(), layer()];
  let calls = 0;
  const fail = async () => {
    calls++;
    throw new Error('away');
  };
  const translated = (cause: unknown) => Promise.reject(new Error('the peer is away', { cause }));
  const request = outer.run(() => middle.run(() => inner.run(fail, true).catch(translated), true), true);
  await expect(request).rejects.toThrow('the peer is away');
  expect(calls).toBe(3);
});
