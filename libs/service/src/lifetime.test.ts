import { logger } from '@chandlery/telemetry';
import { expect, test } from 'vitest';
import { lifetime, type Part } from './lifetime.ts';

/** Parts a, b, c, some of them special, and what happens to them. */
function given(special: Record<string, Partial<Part>> = {}) {
  const seen: string[] = [];
  const lines: string[] = [];
  const parts = ['a', 'b', 'c'].map((name) => ({
    name,
    start: () => {
      seen.push(`start ${name}`);
      return special[name]?.start?.();
    },
    stop: () => {
      seen.push(`stop ${name}`);
      return special[name]?.stop?.();
    },
  }));
  return { seen, lines, all: lifetime(parts, logger('test', 'info', { write: (line) => void lines.push(line) })) };
}

const failing = () => Promise.reject(new Error('no such table'));

test('parts start in order and stop in reverse, once', async () => {
  const { all, seen } = given();
  await all.start();
  expect(seen).toEqual(['start a', 'start b', 'start c']);
  await Promise.all([all.stop(), all.stop()]);
  await all.stop();
  expect(seen.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
});

test('each part waits for the one before', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { all, seen } = given({ b: { start: () => promise, stop: () => promise } });
  const starting = all.start();
  await expect.poll(all.busy).toBe('b');
  expect(seen).toEqual(['start a', 'start b']);
  resolve();
  await starting;
  expect(all.busy()).toBe('c');
});

test('a part that cannot start is named, and only those before it are stopped', async () => {
  const { all, seen } = given({ b: { start: failing } });
  await expect(all.start()).rejects.toThrow('no such table');
  expect(all.busy()).toBe('b');
  await all.stop();
  expect(seen).toEqual(['start a', 'start b', 'stop a']);
});

test('a stop in the middle of a start waits for it, and starts nothing more', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { all, seen } = given({ b: { start: () => promise } });
  const starting = all.start();
  await expect.poll(all.busy).toBe('b');
  const stopping = all.stop();
  resolve();
  await Promise.all([starting, stopping]);
  expect(seen).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

test('a part that cannot stop is told of, and the others stop', async () => {
  const { all, seen, lines } = given({ b: { stop: failing } });
  await all.start();
  await all.stop();
  expect(seen.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
  const line = { level: 'error', part: 'b', message: 'could not stop cleanly', err: { message: 'no such table' } };
  expect(lines.map((text) => JSON.parse(text))).toMatchObject([line]);
});

test('parts need neither start nor stop', async () => {
  const all = lifetime([{ name: 'client' }], logger('test', 'silent'));
  await all.start();
  await all.stop();
});
