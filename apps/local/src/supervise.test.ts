import { type ChildProcess, spawn } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type RestartPolicy, type Supervised, supervise, type Unit } from './supervise.ts';

const quick: RestartPolicy = { firstMs: 10, maxMs: 40, healthyMs: 60_000, deaths: 4 };

function supervised(code: string, { policy = quick, ready = true } = {}) {
  const children: ChildProcess[] = [];
  const died = vi.fn();
  const gaveUp = vi.fn();
  const unit: Unit = {
    name: 'unit',
    ready: async () => ready,
    start() {
      const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      return child;
    },
  };
  const member: Supervised = supervise(unit, { started: () => undefined, died, gaveUp }, policy);
  onTestFinished(() => member.stop(0));
  return { member, children, died, gaveUp };
}

const forever = 'setInterval(() => {}, 1000)';
const deaf = `process.on('SIGTERM', () => {}); process.stdout.write('deaf'); ${forever}`;

test('a process that dies is started again', async () => {
  const { member, children } = supervised(forever);
  await member.ready;
  const first = member.pid;
  member.kill('SIGKILL');
  await vi.waitFor(() => expect(children).toHaveLength(2), 10_000);
  expect(member.pid).not.toBe(first);
});

test('the pause before a restart doubles up to its limit, and after so many quick deaths it is given up', async () => {
  const { died, gaveUp, children } = supervised('process.exit(3)');
  await vi.waitFor(() => expect(gaveUp).toHaveBeenCalledWith('ended with exit code 3'), { timeout: 10_000 });
  expect(died.mock.calls.map(([, pauseMs]) => pauseMs)).toEqual([10, 20, 40]);
  expect(children).toHaveLength(4);
});

test('a death after a healthy while is not counted with those before', async () => {
  const { died, gaveUp } = supervised('setTimeout(() => process.exit(1), 50)', { policy: { ...quick, healthyMs: 1 } });
  await vi.waitFor(() => expect(died.mock.calls.length).toBeGreaterThan(quick.deaths), { timeout: 10_000 });
  expect(new Set(died.mock.calls.map(([, pauseMs]) => pauseMs))).toEqual(new Set([quick.firstMs]));
  expect(gaveUp).not.toHaveBeenCalled();
});

test('who is deaf to the request to stop is killed after the grace', async () => {
  const { member, children } = supervised(deaf);
  await new Promise((resolve) => children[0]?.stdout?.once('data', resolve));
  await member.stop(100);
  expect(children[0]?.signalCode).toBe('SIGKILL');
  expect(children).toHaveLength(1);
});
