import { bulkhead, defences, limiter, policy, setDefence } from '@chandlery/resilience';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { observeDefences } from './defences.ts';
import { logger } from './logs.ts';
import { registry } from './metrics.ts';
import { spans } from './spans-for-tests.ts';
import { span } from './traces.ts';

const lines: string[] = [];
observeDefences(logger('order', 'info', { write: (line) => void lines.push(line) }), defences);

beforeEach(() => void lines.splice(0));
afterEach(() => void vi.useRealTimers());

test('what a defence does is a metric and an event of the span', async () => {
  const ended = await spans();
  const slots = bulkhead('payment', 0);
  await span('checkout', {}, () => slots(async () => 'never').catch(() => undefined));
  expect(await registry.metrics()).toContain('resilience_events_total{target="payment",event="bulkhead-full"} 1');
  expect(ended[0]?.events).toMatchObject([{ name: 'bulkhead-full', attributes: { target: 'payment' } }]);
  expect(lines).toEqual([]);
});

test('each change of a breaker is a gauge and a log line as well', async () => {
  vi.useFakeTimers();
  const breaker = { volume: 1, resetMs: 5_000 };
  const peer = policy({ target: 'user', deadlineMs: 1_000, transient: () => true, retry: false, breaker });
  const state = async () => /circuit_breaker_state\{target="user"\} (\d)/.exec(await registry.metrics())?.[1];
  await expect(peer.run(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await state()).toBe('2');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await state()).toBe('1');
  expect(await peer.run(async () => 'back')).toBe('back');
  expect(await state()).toBe('0');
  const told = lines.map((line) => JSON.parse(line));
  expect(told.map(({ action }) => action)).toEqual(['breaker-open', 'breaker-half-open', 'breaker-closed']);
  for (const line of told)
    expect(line).toMatchObject({ level: 'warn', target: 'user', message: 'circuit breaker changed' });
});

test('beginning and end of an overload are log lines, and the limit is a gauge', async () => {
  let clock = 0;
  const server = limiter({ target: 'grpc', initial: 10, min: 10, now: () => clock });
  const leaves = Array.from({ length: 10 }, () => server.enter('work', 'critical'));
  expect(() => server.enter('work', 'sheddable')).toThrow('overloaded');
  clock += 1_000;
  for (const leave of leaves) leave('success');
  server.enter('work', 'critical')('success');
  const metrics = await registry.metrics();
  expect(metrics).toContain('resilience_events_total{target="grpc",event="shed-sheddable"} 1');
  expect(metrics).toMatch(/concurrency_limit\{target="grpc"\} 1[1-9]/);
  const told = lines.map((line) => JSON.parse(line));
  expect(told).toMatchObject([
    { target: 'grpc', action: 'overloaded', level: 'warn' },
    { target: 'grpc', action: 'recovered' },
  ]);
});

test('each defence is a gauge, and turning it a log line', async () => {
  expect(await registry.metrics()).toContain('defence_enabled{defence="outbox"} 1');
  setDefence('outbox', false);
  expect(await registry.metrics()).toContain('defence_enabled{defence="outbox"} 0');
  setDefence('outbox', true);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { target: 'outbox', action: 'defence-off', message: 'a defence is turned off' },
    { target: 'outbox', action: 'defence-on' },
  ]);
});
