import { expect, test } from 'vitest';
import { readArguments } from './cli.ts';

test('without flags everything runs, the gateway at 8080, with a sample order', () => {
  expect(readArguments([])).toEqual({ port: 8080, fresh: false, sample: true, verbose: false, help: false });
});

test('reads all flags', () => {
  const args = ['--port', '9000', '--only', 'gateway,user', '--no-sample', '--data=/tmp/x', '--fresh', '--verbose'];
  expect(readArguments(args)).toEqual({
    port: 9000,
    only: ['gateway', 'user'],
    data: '/tmp/x',
    fresh: true,
    sample: false,
    verbose: true,
    help: false,
  });
});

test.each([
  [['--prot', '9000'], /--prot/],
  [['--port', '99999'], /99999/],
  [['--only', 'gateway,users'], /"users"/],
  [['now'], /now/],
  [['--data'], /--data/],
])('%j is refused with one line, which names what is wrong', (args, message) => {
  const refused = () => readArguments(args);
  expect(refused).toThrow(message);
  expect(refused).toThrow(expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining('\n') }));
});
