import { expect, test } from 'vitest';
import { readArguments } from './cli.ts';

test('without arguments everything comes up, with a sample order', () => {
  expect(readArguments([])).toEqual({
    verb: 'up',
    infra: false,
    sample: true,
    toxiproxy: false,
    fresh: false,
    volumes: false,
    help: false,
  });
});

test('reads the command and its flags', () => {
  expect(readArguments(['--infra', '--fresh', '--no-sample'])).toMatchObject({
    infra: true,
    fresh: true,
    sample: false,
  });
  expect(readArguments(['down', '--volumes'])).toMatchObject({ verb: 'down', volumes: true });
});

test.each([
  [['sideways'], /"sideways"/],
  [['up', 'sideways'], /"sideways"/],
  [['--port', '9000'], /--port/],
])('%j is refused', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
