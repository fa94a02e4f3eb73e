import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { program, scratch } from './fixtures/scratch.ts';
import { readRunFile } from './run-file.ts';
import { type SystemOptions, startSystem } from './system.ts';

const running = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Two stand-ins for services, without a database. */
async function system(options: SystemOptions = {}) {
  const data = options.data ?? scratch(onTestFinished);
  const stand = {
    data,
    only: ['sandbox', 'gateway'],
    script: () => program('steady'),
    settings: { PATH: '/bin' },
  } as const;
  const started = await startSystem({ ...stand, ...options });
  onTestFinished(() => started.stop());
  const pidOf = (name: string) => started.processes().find((each) => each.name === name)?.pid ?? 0;
  return { ...started, data, pidOf };
}

test('while it runs, run.json names every process and where it is; then nothing is left, neither process nor lock', async () => {
  const { data, processes, stop, gateway } = await system();
  const { processes: listed } = readRunFile(join(data, 'run.json'));
  const url = (scheme: string, path = '') => expect.stringMatching(new RegExp(`^${scheme}://127.0.0.1:\\d+${path}$`));
  expect(listed).toEqual([
    { name: 'local', pid: process.pid, http: url('http') },
    {
      name: 'sandbox',
      pid: expect.any(Number),
      http: url('http'),
      smtp: url('smtp'),
      metrics: url('http', '/metrics'),
    },
    { name: 'gateway', pid: expect.any(Number), http: gateway, metrics: url('http', '/metrics') },
  ]);
  expect(listed).toEqual(processes());
  await stop();
  expect(readdirSync(data).sort()).toEqual(['logs', 'ports.json', 'secrets.json']);
  expect(listed.filter(({ name, pid }) => name !== 'local' && running(pid))).toEqual([]);
});

test('a service gets what the topology gives it, and nothing else of the environment', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not yours');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { processes } = await system({ variables: { gateway: { RATE_LIMIT_BURST: '7' } } });
  const ops = processes().find(({ name }) => name === 'gateway')?.metrics ?? '';
  const environment = await (await fetch(new URL('/environment', ops))).json();
  expect(Object.keys(environment as object).sort()).toEqual([
    'DRAIN_DELAY_MS',
    'HOST',
    'HTTP_PORT',
    'NOTIFICATION_SERVICE_URL',
    'OPS_PORT',
    'ORDER_SERVICE_URL',
    'OTEL_BSP_SCHEDULE_DELAY',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'PATH',
    'PAYMENT_SERVICE_URL',
    'RATE_LIMIT_BURST',
    'SERVICE_PRIVATE_KEY',
    'SERVICE_PUBLIC_KEYS',
    'STOP_DEADLINE_MS',
    'USER_JWKS_URL',
    'USER_SERVICE_URL',
  ]);
});

test('a service that is killed is started again, and run.json says so', async () => {
  const { data, kill, pidOf } = await system();
  const before = pidOf('gateway');
  kill('gateway', 'SIGKILL');
  await vi.waitFor(() => expect(pidOf('gateway')).not.toBe(before), { timeout: 5_000 });
  const listed = readRunFile(join(data, 'run.json')).processes.find(({ name }) => name === 'gateway');
  expect(listed?.pid).toBe(pidOf('gateway'));
  expect(running(pidOf('gateway'))).toBe(true);
});

test('a service that dies again and again is given up, with the reason from its log, and nothing stays behind', async () => {
  const data = scratch(onTestFinished);
  const policy = { firstMs: 1, maxMs: 1, healthyMs: 60_000, deaths: 3 };
  const script = (name: string) => program(name === 'gateway' ? 'crashing' : 'steady');
  await expect(system({ data, policy, script })).rejects.toThrow(
    /gateway died again and again.*exit code 1.*\n +fatal could not start \(no such table\)/,
  );
  expect(existsSync(join(data, 'lock'))).toBe(false);
});

test('a second start in the same place is refused in one line, which says where the first one is', async () => {
  const { data, gateway } = await system();
  await expect(system({ data })).rejects.toThrow(new RegExp(`runs already.*process ${process.pid}.*${gateway}`));
  expect(existsSync(join(data, 'run.json'))).toBe(true);
});

test('what a killed launcher left running is ended by the next start', async () => {
  const data = scratch(onTestFinished);
  const launcher = spawn(process.execPath, [program('launch'), data], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void launcher.kill('SIGKILL'));
  await once(launcher.stdout, 'data');
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');
  const orphans = readRunFile(join(data, 'run.json')).processes.filter(({ name }) => name !== 'local');
  expect(orphans.map(({ pid }) => running(pid))).toEqual([true, true]);
  const said: string[] = [];
  const { processes } = await system({ data, say: (line) => said.push(line) });
  expect(said[0]).toMatch(/left running: sandbox, gateway/);
  const now = processes().map(({ pid }) => pid);
  // they are no longer our children: init takes note of their end when it likes
  await expect.poll(() => orphans.filter(({ pid }) => running(pid) && !now.includes(pid))).toEqual([]);
});

test('a process that only has the id of one we left behind is let alone', async () => {
  const data = scratch(onTestFinished);
  const stranger = spawn('sleep', ['60']);
  onTestFinished(() => void stranger.kill('SIGKILL'));
  writeFileSync(join(data, 'run.json'), JSON.stringify({ processes: [{ name: 'gateway', pid: stranger.pid }] }));
  await system({ data });
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

test('everything ends within five seconds, even who is deaf', async () => {
  const { stop, processes } = await system({ script: () => program('stubborn') });
  const pids = processes().flatMap(({ name, pid }) => (name === 'local' ? [] : [pid]));
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(pids.filter(running)).toEqual([]);
});

test('secrets are for the owner alone, and the same at the next start; fresh makes new ones', async () => {
  const { data, stop, customer } = await system();
  expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
  await stop();
  const second = await system({ data });
  expect(second.customer).toEqual(customer);
  await second.stop();
  writeFileSync(join(data, 'mine.txt'), 'not made by us');
  const third = await system({ data, fresh: true });
  expect(third.customer).not.toEqual(customer);
  expect(readFileSync(join(data, 'mine.txt'), 'utf8')).toBe('not made by us');
});

test.each([
  ['secrets.json', 'not json', /secrets.json is damaged.*--fresh/],
  ['secrets.json', '{}', /secrets.json is damaged.*--fresh/],
  ['postgres', 'a cluster', /secrets.json is missing.*--fresh/],
  ['logs', 'not a directory', /logs is not a directory/],
])('a damaged data directory (%s: %s) is one line which says what to do', async (file, content, message) => {
  const data = scratch(onTestFinished);
  writeFileSync(join(data, file), content);
  const attempt = system({ data });
  await expect(attempt).rejects.toThrow(message);
  await expect(attempt).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining('\n') }));
});
