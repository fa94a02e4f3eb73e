import { expect, test } from 'vitest';
import { experiments } from './catalogue.ts';
import { help, readArguments } from './cli.ts';

test('an experiment is named, and help knows them all', () => {
  expect(readArguments(['kill-order'])).toMatchObject({ name: 'kill-order', target: 'embedded', help: false });
  for (const { name } of experiments) expect(help).toContain(name);
  expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
});

test('a random run has a seed, a length and an interval', () => {
  const args = readArguments(['--random', '--seed', '7', '--orders', '10000', '--rate', '40', '--every', '500ms']);
  expect(args).toMatchObject({ seed: 7, orders: 10_000, rate: 40, everyMs: 500, minutes: 10, name: undefined });
  expect(readArguments(['--schedule', 'file.json'])).toMatchObject({ schedule: 'file.json' });
});

test.each([
  [[], 'name one experiment, or --random'],
  [['kill-order', 'kill-user'], 'name one experiment'],
  [['kill-orders'], 'not "kill-orders"'],
  [['kill-order', '--target', 'moon'], '--target knows embedded, compose, kind, not "moon"'],
  [['kill-order', '--rate', 'fast'], '--rate takes a number'],
  [['kill-order', '--checkout', '101'], '--checkout takes a whole number'],
  [['--random', '--every', '5'], '--every takes a time'],
  [['--random', 'kill-order'], '--random takes no experiment'],
])('%j is refused: %s', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
