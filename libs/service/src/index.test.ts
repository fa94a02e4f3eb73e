import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@chandlery/testing/postgres';
import { afterAll, expect, test, vi } from 'vitest';

const fixture = join(import.meta.dirname, 'fixtures', 'service.ts');
const soon = { timeout: 20_000, interval: 20 };

const afterwards: (() => unknown)[] = [];
afterAll(() => Promise.all(afterwards.map((end) => end())));

interface Line {
  level: string;
  timestamp: string;
  message: string;
  part?: string;
}

/** Runs a service whose parts behave so, as a process of its own. */
function service(parts: Record<string, { start?: string; stop?: string }>, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [fixture, JSON.stringify(parts)], {
    env: { HOST: '127.0.0.1', OPS_PORT: '0', DRAIN_DELAY_MS: '0', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  const closed = once(child, 'close');
  afterwards.push(() => child.kill('SIGKILL') && closed);
  const said = () => lines.map(({ message, part }) => (part ? `${message} ${part}` : message));
  return {
    lines,
    said,
    saying: (message: string) => vi.waitFor(() => expect(said()).toContain(message), soon),
    order: (order: string) => child.stdin.write(`${order}\n`),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Exit code and signal. */
    end: () => closed,
  };
}

test.concurrent('parts start in order; on SIGTERM they stop in reverse after a pause, and it exits with 0', async () => {
  const { lines, said, saying, kill, end } = service({ database: {}, bus: {} }, { DRAIN_DELAY_MS: '300' });
  await saying('ready');
  expect(said()).toEqual(['starting database', 'started database', 'starting bus', 'started bus', 'ready']);
  kill('SIGTERM');
  expect(await end()).toEqual([0, null]);
  expect(said().slice(5)).toEqual(['draining', 'told to drain', 'stopping bus', 'stopping database', 'stopped']);
  const at = (message: string) => Date.parse(lines.find((line) => line.message === message)?.timestamp ?? '');
  expect(at('stopping') - at('draining')).toBeGreaterThanOrEqual(299);
});

test.concurrent('while it drains it is not ready, and serves on', async () => {
  const [ops, http] = [await freePort(), await freePort()];
  const env = { OPS_PORT: String(ops), HTTP_PORT: String(http), DRAIN_DELAY_MS: '60000' };
  const { said, saying, kill } = service({ database: {} }, env);
  const ready = async () => (await fetch(`http://127.0.0.1:${ops}/ready`)).status;
  await saying('ready');
  expect(await ready()).toBe(200);
  kill('SIGTERM');
  await saying('told to drain');
  expect(await ready()).toBe(503);
  expect(await (await fetch(`http://127.0.0.1:${http}`)).text()).toBe('served');
  expect(said()).not.toContain('stopping database');
});

test.concurrent('without the drain it ends at once, whatever is in flight', async () => {
  const env = { DRAIN_DELAY_MS: '60000', DEFENCES_OFF: 'drain' };
  const { said, saying, kill, end } = service({ database: {}, bus: { stop: 'hangs' } }, env);
  await saying('ready');
  kill('SIGTERM');
  expect(await end()).toEqual([0, null]);
  expect(said().slice(-2)).toEqual(['ready', 'ending at once, without a drain']);
});

/** Asks the ops port of a service with these settings. */
async function switching(env: Record<string, string>) {
  const port = await freePort();
  const { saying, lines } = service({}, { OPS_PORT: String(port), ...env });
  await saying('ready');
  const ask = async (path: string, body?: unknown) => {
    const options = body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
    const text = await answer.text();
    return { status: answer.status, text, body: path === '/metrics' ? undefined : JSON.parse(text) };
  };
  return { ask, lines };
}

test.concurrent('the ops port lists the defences, and turns them where faults are allowed', async () => {
  const { ask, lines } = await switching({ DEFENCES_OFF: 'outbox,retry-budget', FAULTS_ENABLED: 'true' });
  const { body } = await ask('/ops/switches');
  expect(Object.keys(body)).toHaveLength(16);
  const off = { outbox: { enabled: false }, 'retry-budget': { enabled: false } };
  expect(body).toMatchObject({ ...off, breaker: { enabled: true } });
  expect(await ask('/ops/switches/breaker', { enabled: false })).toMatchObject({
    status: 200,
    body: { enabled: false },
  });
  expect((await ask('/ops/switches')).body).toMatchObject({ ...off, breaker: { enabled: false } });
  expect((await ask('/metrics')).text).toMatch(/defence_enabled\{.*defence="breaker".*\} 0/);
  expect(lines.at(-1)).toMatchObject({ target: 'breaker', message: 'a defence is turned off' });
  expect(await ask('/ops/switches/brakes', { enabled: false })).toMatchObject({ status: 404 });
  for (const wrong of [{ enabled: 'no' }, {}, null])
    expect(await ask('/ops/switches/breaker', wrong)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'enabled' }] },
    });
});

test.concurrent('where faults are not allowed switches can be seen, and stay', async () => {
  const { ask } = await switching({});
  const detail = 'a defence is turned off only where FAULTS_ENABLED is true';
  expect(await ask('/ops/switches/breaker', { enabled: false })).toMatchObject({ status: 403, body: { detail } });
  expect((await ask('/ops/switches')).body).toMatchObject({ breaker: { enabled: true } });
});

test.concurrent('a part that cannot start ends it with 1 and says why; what has started is stopped, at once', async () => {
  const parts = { database: {}, bus: {}, relay: { start: 'fails' }, worker: {} };
  const { lines, said, end } = service(parts, { DRAIN_DELAY_MS: '60000' });
  expect(await end()).toEqual([1, null]);
  const why = { level: 'fatal', part: 'relay', err: { message: 'no such table' } };
  expect(lines.find(({ message }) => message === 'could not start')).toMatchObject(why);
  expect(said().filter((text) => text.startsWith('stopping'))).toEqual(['stopping bus', 'stopping database']);
  expect(said()).not.toContain('starting worker');
  expect(said()).not.toContain('ready');
});

test.concurrent('probes whose port is taken are a part that cannot start', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  afterwards.push(() => other.close());
  const { port } = other.address() as { port: number };
  const { lines, end } = service({ database: {} }, { OPS_PORT: String(port) });
  expect(await end()).toEqual([1, null]);
  expect(lines[0]).toMatchObject({ part: 'probes', message: 'could not start', err: { code: 'EADDRINUSE' } });
});

test.concurrent('a part that hangs in its stop ends it with 1 after the deadline, and is named', async () => {
  const parts = { database: {}, bus: { stop: 'hangs' }, worker: {} };
  const { lines, said, saying, kill, end } = service(parts, { STOP_DEADLINE_MS: '100' });
  await saying('ready');
  kill('SIGINT');
  expect(await end()).toEqual([1, null]);
  expect(said()).toContain('stopping worker');
  expect(lines.at(-1)).toMatchObject({ level: 'error', part: 'bus', message: 'did not stop in time' });
});

test.concurrent.each(['throw', 'reject'])(
  'a bug that nobody catches (%s) ends it with 1 and a fatal line',
  async (kind) => {
    const { lines, saying, order, end } = service({});
    await saying('ready');
    order(kind);
    expect(await end()).toEqual([1, null]);
    const action = kind === 'throw' ? 'uncaughtException' : 'unhandledRejection';
    const err = { type: 'TypeError', message: 'a bug' };
    expect(lines.at(-1)).toMatchObject({ level: 'fatal', action, message: 'a bug ended the process', err });
  },
);

test.concurrent('further signals while it ends change nothing', async () => {
  const { said, saying, order, kill, end } = service({ database: {}, bus: { stop: 'waits' } });
  await saying('ready');
  kill('SIGTERM');
  await saying('stopping bus');
  kill('SIGTERM');
  kill('SIGINT');
  kill('SIGTERM');
  order('go on');
  expect(await end()).toEqual([0, null]);
  expect(said().slice(5)).toEqual(['draining', 'told to drain', 'stopping bus', 'stopping database', 'stopped']);
});

test.concurrent('SIGTERM during the start lets that part finish, starts no other, stops what there is and exits with 0', async () => {
  const parts = { database: {}, bus: { start: 'lasts until the drain' }, worker: {} };
  const { said, saying, kill, end } = service(parts, { DRAIN_DELAY_MS: '60000' });
  await saying('starting bus');
  kill('SIGTERM');
  expect(await end()).toEqual([0, null]);
  expect(said().slice(3)).toEqual([
    'draining',
    'told to drain',
    'started bus',
    'stopping bus',
    'stopping database',
    'stopped',
  ]);
});

test.concurrent('SIGTERM during a start that never ends exits with 1 after the deadline', async () => {
  const parts = { database: {}, bus: { start: 'hangs' } };
  const { lines, saying, kill, end } = service(parts, { STOP_DEADLINE_MS: '100' });
  await saying('starting bus');
  kill('SIGTERM');
  expect(await end()).toEqual([1, null]);
  expect(lines.at(-1)).toMatchObject({ part: 'bus', message: 'did not stop in time' });
});
