import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { app } from './app.ts';
import { faults } from './faults.ts';
import { ledger } from './store/ledger.ts';
import { webhooks } from './webhooks.ts';

function stoppedClock() {
  let now = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((wake) => {
        sleepers.add({ until: now + ms, wake });
        signal.addEventListener('abort', () => wake());
      }),
    pass(ms: number) {
      now += ms;
      for (const { until, wake } of sleepers) if (until <= now) wake();
    },
  };
}

function given(random = 0.5) {
  const clock = stoppedClock();
  const illness = faults({ clock, random: () => random });
  const caller = new AbortController();
  const work = vi.fn(() => ({ done: true }));
  const cut = vi.fn();
  const call = () => illness.through('payments', { gone: caller.signal, cut }, work);
  return { clock, illness, caller, work, cut, call };
}

test('without a fault work is just done', async () => {
  const { illness, call, cut } = given();
  illness.set({ target: 'smtp', errorRate: 1 });
  expect(await call()).toEqual({ done: true });
  expect(cut).not.toHaveBeenCalled();
});

test('latency holds the work back, not only the answer', async () => {
  const { clock, illness, work, call } = given();
  illness.set({ target: 'payments', latencyMs: 300 });
  const answer = call();
  clock.pass(299);
  await Promise.resolve();
  expect(work).not.toHaveBeenCalled();
  clock.pass(1);
  expect(await answer).toEqual({ done: true });
});

test('what waits goes on at once when the fault ends', async () => {
  const { illness, call } = given();
  illness.set({ target: 'payments', latencyMs: 300, errorRate: 1 });
  const answer = call();
  illness.clear();
  expect(await answer).toEqual({ done: true });
});

test.each([
  [0.5, 0.4, 'fails'],
  [0.5, 0.5, 'works'],
  [0, 0, 'works'],
  [1, 0.999, 'fails'],
])('with an error rate of %d a request that draws %d %s', async (errorRate, drawn, outcome) => {
  const { illness, work, call } = given(drawn);
  illness.set({ target: 'payments', errorRate });
  const result = await call().then(
    () => 'works',
    () => 'fails',
  );
  expect([result, work.mock.calls.length]).toEqual([outcome, outcome === 'works' ? 1 : 0]);
});

test.each(['the fault ends', 'the caller goes', 'another fault comes', 'its time is over'])(
  'a request that hangs is cut when %s, and does nothing',
  async (end) => {
    const { clock, illness, caller, work, cut, call } = given();
    illness.set({ target: 'payments', hangRate: 1, forMs: 1_000 });
    const answer = call();
    clock.pass(999);
    await new Promise(setImmediate);
    expect(cut).not.toHaveBeenCalled();
    if (end === 'the fault ends') illness.clear();
    if (end === 'the caller goes') caller.abort();
    if (end === 'another fault comes') illness.set({ target: 'payments', latencyMs: 1 });
    if (end === 'its time is over') clock.pass(1);
    expect(await answer).toBeUndefined();
    expect([work.mock.calls.length, cut.mock.calls.length]).toEqual([0, 1]);
  },
);

test('a dropped answer comes after the work', async () => {
  const { illness, work, cut, call } = given();
  illness.set({ target: 'payments', dropAnswerRate: 1 });
  expect(await call()).toBeUndefined();
  expect(work.mock.invocationCallOrder[0]).toBeLessThan(cut.mock.invocationCallOrder[0] as number);
});

test('the time of a fault that was replaced does not end the new one', async () => {
  const { clock, illness } = given();
  illness.set({ target: 'payments', latencyMs: 1, forMs: 100 });
  illness.set({ target: 'payments', latencyMs: 2, forMs: 200 });
  clock.pass(100);
  await new Promise(setImmediate);
  expect(illness.list()).toMatchObject([{ latencyMs: 2 }]);
  clock.pass(100);
  await vi.waitFor(() => expect(illness.list()).toEqual([]), 10_000);
});

async function served() {
  const log = logger('sandbox', 'silent');
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const book = ledger(directory);
  const random = vi.fn(() => 0);
  const illness = faults({ random });
  const hooks = webhooks({ receiver: undefined, ledger: book, log });
  const server = app({ ledger: book, faults: illness, webhooks: hooks, log });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    illness.clear();
    await server.close();
    book.close();
    rmSync(directory, { recursive: true });
  });
  const headers = { 'content-type': 'application/json' };
  const set = (body: object) =>
    fetch(`${address}/sandbox/faults`, { method: 'POST', headers, body: JSON.stringify(body) });
  const intents = (signal: AbortSignal | null = null) =>
    fetch(`${address}/v1/payment_intents`, { headers: { authorization: 'Bearer sk_test_1' }, signal });
  return { address, set, intents, random };
}

test('is told of faults by HTTP, and they touch the provider alone', async () => {
  const { address, set, intents } = await served();
  const fault = { target: 'payments', errorRate: 1, forMs: 60_000 };
  expect((await set(fault)).status).toBe(201);
  expect(await (await fetch(`${address}/sandbox/faults`)).json()).toEqual({ items: [fault] });
  const failed = await intents();
  expect([failed.status, await failed.json()]).toMatchObject([500, { error: { type: 'api_error' } }]);
  expect((await fetch(`${address}/sandbox/charges`)).status).toBe(200);
  expect((await fetch(`${address}/sandbox/faults`, { method: 'DELETE' })).status).toBe(204);
  expect((await intents()).status).toBe(200);
});

test('hangs until the caller has had enough, and cuts who stays when the fault ends', async () => {
  const { address, set, intents, random } = await served();
  await set({ target: 'payments', hangRate: 1 });
  const impatience = new AbortController();
  const impatient = expect(intents(impatience.signal)).rejects.toThrow('aborted');
  await vi.waitFor(() => expect(random).toHaveBeenCalledTimes(2), 5_000);
  impatience.abort();
  await impatient;
  const patient = intents().then(
    () => 'answered',
    () => 'cut',
  );
  await vi.waitFor(() => expect(random).toHaveBeenCalledTimes(4), 5_000);
  await fetch(`${address}/sandbox/faults`, { method: 'DELETE' });
  expect(await patient).toBe('cut');
});

test.each([
  [{}, ['target']],
  [{ target: 'moon' }, ['target']],
  [{ target: 'smtp', errorRate: 1.1, latencyMs: -1 }, ['errorRate', 'latencyMs']],
  [{ target: 'smtp', forMs: 0, hangRate: '1' }, ['forMs', 'hangRate']],
  [{ target: 'smtp', colour: 'red' }, ['colour']],
])('refuses the fault %j and names the fields', async (fault, fields) => {
  const { set } = await served();
  const answer = await set(fault);
  const { errors } = (await answer.json()) as { errors: { field: string }[] };
  expect([answer.status, [...new Set(errors.map(({ field }) => field))].sort()]).toEqual([400, fields]);
});
