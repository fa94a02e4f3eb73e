import { bulkhead, policy } from '@chandlery/resilience';
import { afterEach, expect, test, vi } from 'vitest';
import { observeDefences } from './defences.ts';
import { logger } from './logs.ts';
import { registry } from './metrics.ts';
import { spans } from './spans-for-tests.ts';
import { span } from './traces.ts';

afterEach(() => void vi.useRealTimers());

const lines: string[] = [];
observeDefences(logger('order', 'info', { write: (line) => void lines.push(line) }));

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
