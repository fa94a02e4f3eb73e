import { promises as dns } from 'node:dns';
import { OrderStatus } from '@chandlery/contracts/order/v1/order';
import { Failure } from '@chandlery/errors';
import { expect, onTestFinished, test, vi } from 'vitest';
import { given, names } from './two-tracks-for-tests.ts';

const fails = (error: () => Error) => async () => {
  throw error();
};
const unavailable = () => new Failure('unavailable', 'broken');
const stable = names('stable');

test('a request’s header decides, whatever the weight', async () => {
  const { canaries, asking, product } = await given(stable, names('canary'));
  expect([await asking('true', product), await asking('false', product)]).toEqual(['canary', 'stable']);
  expect([await asking(undefined, product), await asking('yes', product)]).toEqual(['stable', 'stable']);
  await canaries.set('order', 100);
  expect([await asking('true', product), await asking('false', product)]).toEqual(['canary', 'stable']);
  expect([await asking(undefined, product), await asking('yes', product)]).toEqual(['canary', 'canary']);
});

test('without a header as many requests as the weight says go to the canary, and each sees one version', async () => {
  let draws = 0;
  const random = () => (draws++ % 10) / 10;
  const { canaries, asking, product } = await given(stable, names('canary'), { random });
  await canaries.set('order', 30);
  const twice = () => Promise.all([product(), product()]);
  const seen: string[] = [];
  for (let request = 0; request < 10; request++) seen.push((await asking(undefined, twice)).join());
  expect(seen.filter((pair) => pair === 'canary,canary')).toHaveLength(3);
  expect(seen.filter((pair) => pair === 'stable,stable')).toHaveLength(7);
});

test.each([
  ['is not available', fails(unavailable)],
  ['has a bug', fails(() => new TypeError('undefined is not a function'))],
  ['does not answer', () => new Promise<never>(() => undefined)],
])('what a canary that %s fails is done again by stable; who asked for it sees the failure', async (_, getProduct) => {
  const { canaries, asking, product } = await given(stable, { getProduct });
  await canaries.set('order', 100);
  expect(await asking(undefined, product)).toBe('stable');
  await expect(asking('true', product)).rejects.toThrow();
  const { stable: again, canary } = canaries.step('order');
  expect([again.calls, again.errors, canary.calls, canary.errors]).toEqual([1, 0, 2, 2]);
});

test('what may not be done twice is not', async () => {
  const signIn = vi.fn(async () => ({ sessionId: 's1' }));
  const { canaries, peers, asking } = await given({ signIn }, { signIn: fails(unavailable) });
  await canaries.set('user', 100);
  await expect(asking(undefined, () => peers.users.signIn({}))).rejects.toMatchObject({ kind: 'unavailable' });
  expect(signIn).not.toHaveBeenCalled();
});

test('a client’s mistake is the canary’s answer, and no failure of it', async () => {
  const { canaries, asking, product } = await given(stable, {});
  await canaries.set('order', 100);
  await expect(asking(undefined, product)).rejects.toMatchObject({ kind: 'not_found' });
  expect(canaries.step('order')).toMatchObject({ stable: { calls: 0 }, canary: { calls: 1, errors: 0 } });
});

const watched = async (steps: AsyncIterable<{ sequence: bigint }>) => {
  const seen: bigint[] = [];
  for await (const { sequence } of steps) seen.push(sequence);
  return seen;
};

test('a stream changes over to stable before its first message, and not after it', async () => {
  let delivered = 0;
  const { canaries, peers, asking } = await given(
    {
      async *watchOrder() {
        yield { sequence: 1n, status: OrderStatus.PENDING };
        yield { sequence: 2n, status: OrderStatus.PAID };
      },
    },
    {
      async *watchOrder() {
        for (; delivered > 0; delivered--) yield { sequence: 7n };
        throw unavailable();
      },
    },
  );
  await canaries.set('order', 100);
  const watch = () => asking(undefined, () => watched(peers.orders.watchOrder({ id: 'o1' })));
  expect(await watch()).toEqual([1n, 2n]);
  delivered = 1;
  await expect(watch()).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a canary that is not deployed costs nothing, until somebody asks for it', async () => {
  const lookup = vi.spyOn(dns, 'lookup');
  onTestFinished(() => lookup.mockRestore());
  const settings = { CANARY_MIN_CALLS: 20, ORDER_CANARY_URL: 'order-canary.invalid:9090' };
  const { asking, product } = await given(stable, {}, { settings });
  expect(await asking(undefined, product)).toBe('stable');
  expect(lookup).not.toHaveBeenCalled();
  await expect(asking('true', product)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(lookup).toHaveBeenCalled();
});

test('where a canary has no address its header asks for stable', async () => {
  const settings = { CANARY_MIN_CALLS: 20, ORDER_CANARY_URL: undefined };
  const { asking, product } = await given(stable, names('canary'), { settings });
  expect(await asking('true', product)).toBe('stable');
});
