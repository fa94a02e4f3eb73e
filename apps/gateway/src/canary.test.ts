import { Failure } from '@chandlery/errors';
import { health } from '@chandlery/health';
import { inProcessKeyValue, type KeyValue } from '@chandlery/keyvalue';
import { logger, registry } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { canaryPages } from './canary/pages.ts';
import { type Behaviour, given, names } from './canary/two-tracks-for-tests.ts';
import { canary } from './canary.ts';

const stable = names('stable');
const broken: Behaviour = {
  getProduct: async () => {
    throw new Failure('unavailable', 'broken');
  },
};
/** Every second request is one for the canary at any weight from 1 on. */
const alternating = () => {
  let draws = 0;
  return () => (draws++ % 2) * 0.999;
};

async function requests(number: number, { asking, product }: Awaited<ReturnType<typeof given>>) {
  const answers = [];
  for (let request = 0; request < number; request++) answers.push(await asking(undefined, product));
  return answers;
}

test('a canary that fails is rolled back at every gateway, costs no answer, and stays back until its weight is set anew', async () => {
  const lines: string[] = [];
  const log = logger('gateway', 'info', { write: (line) => void lines.push(line) });
  const shop = await given(stable, broken, { log, random: alternating() });
  const { canaries, kept, settings } = shop;
  const other = canary({ kept, log, settings });
  await canaries.set('order', 10);
  await other.look();
  expect(other.step('order').weight).toBe(10);

  expect(new Set(await requests(38, shop))).toEqual(new Set(['stable']));
  await canaries.look();
  expect(canaries.step('order')).toMatchObject({ weight: 10, verdict: 'pending', canary: { calls: 19, errors: 19 } });
  await requests(2, shop);
  await canaries.look();
  await other.look();
  const reason = 'error rate 100.0 %, of stable 0.0 %';
  for (const { step } of [canaries, other])
    expect(step('order')).toMatchObject({ weight: 0, rolledBack: { at: expect.any(String), reason } });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', peer: 'order', weight: 10, reason }]);
  expect(await registry.metrics()).toMatch(/canary_rollbacks_total\{.*peer="order".*\} 1/);

  await requests(50, shop);
  expect(canaries.step('order').canary.calls).toBe(0);
  await other.set('order', 5);
  await canaries.look();
  expect(canaries.step('order')).toMatchObject({ weight: 5, verdict: 'pending' });
  expect(canaries.step('order').rolledBack).toBeUndefined();
});

test('a canary that is slow is rolled back', async () => {
  let clock = 0;
  const taking = (ms: number): Behaviour => ({
    getProduct: async () => {
      clock += ms;
      return { name: 'rope' };
    },
  });
  const shop = await given(taking(80), taking(400), { random: alternating(), now: () => clock });
  await shop.canaries.set('order', 50);
  await requests(40, shop);
  await shop.canaries.look();
  expect(shop.canaries.step('order').rolledBack?.reason).toMatch(/^p95 4\d\d ms, of stable 8\d ms$/);
});

test('while shared state is away weights stay as they were, cannot be set, and a rollback still works here', async () => {
  const there = inProcessKeyValue();
  let away = false;
  const kept: KeyValue = {
    ...there,
    get: async (key) => (away ? undefined : there.get(key)),
    replace: async (...change) => !away && there.replace(...change),
    healthy: () => !away,
  };
  const shop = await given(stable, broken, { kept, random: alternating() });
  await shop.canaries.set('order', 10);
  away = true;
  await shop.canaries.look();
  expect(shop.canaries.step('order').weight).toBe(10);
  await expect(shop.canaries.set('order', 50)).rejects.toMatchObject({ kind: 'unavailable' });
  await requests(40, shop);
  await shop.canaries.look();
  expect(shop.canaries.step('order')).toMatchObject({ weight: 0, rolledBack: {} });
});

test('operators see and set weights on the ops port', async () => {
  const shop = await given(stable, names('canary'), { random: alternating(), now: () => 0 });
  const ops = health({ pages: canaryPages(shop.canaries) });
  const url = `http://127.0.0.1:${await ops.listen(0, '127.0.0.1')}/canary`;
  onTestFinished(() => ops.close());
  const put = async (peer: string, body: object) => {
    const answer = await fetch(`${url}/${peer}`, { method: 'PUT', body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await put('order', { weight: 10 })).toMatchObject({ status: 200, body: { weight: 10, verdict: 'pending' } });
  await requests(50, shop);
  const calls = { calls: 25, errors: 0, errorRate: 0, p95Ms: expect.any(Number) };
  expect(await (await fetch(url)).json()).toMatchObject({
    user: { weight: 0, stable: { calls: 0 } },
    order: { weight: 10, since: expect.any(String), stable: calls, canary: calls, verdict: 'passing' },
  });
  const metrics = await registry.metrics();
  expect(metrics).toMatch(/gateway_calls_total\{peer="order",track="canary",outcome="answered"\} \d/);
  expect(metrics).toMatch(/gateway_call_duration_seconds_count\{peer="order",track="canary"\} \d/);
  for (const weight of [-1, 101, '10', null, undefined])
    expect(await put('order', { weight })).toMatchObject({ status: 400, body: { errors: [{ field: 'weight' }] } });
  for (const peer of ['payment', 'orders']) expect((await put(peer, { weight: 10 })).status).toBe(404);
});
