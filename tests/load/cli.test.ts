import { expect, test } from 'vitest';
import { readArguments } from './cli.ts';

test('without arguments the embedded shop has fifty requests a second for a minute', () => {
  expect(readArguments([])).toEqual({
    target: 'embedded',
    rate: 50,
    durationMs: 60_000,
    mix: { browse: 80, checkout: 20 },
    users: 10,
    timeoutMs: 10_000,
    help: false,
  });
});

test('reads every flag', () => {
  const flags =
    '--target kind --data d --url http://shop:80/ --rate 0.5 --duration 5m --mix checkout:1 --users 3 --seed 0 --repeat 11s ' +
    '--timeout 500ms --json a --html b --accepted c';
  expect(readArguments(flags.split(' '))).toEqual({
    target: 'kind',
    data: 'd',
    url: 'http://shop',
    rate: 0.5,
    durationMs: 300_000,
    mix: { checkout: 1 },
    users: 3,
    seed: 0,
    repeatAfterMs: 11_000,
    timeoutMs: 500,
    json: 'a',
    html: 'b',
    accepted: 'c',
    help: false,
  });
});

test.each([
  ['--target moon', /^--target knows embedded, compose, kind, not "moon"; /],
  ['--url shop', /^--url takes an address/],
  ['--url http://shop/path', /^--url takes an address/],
  ['--rate 0', /^--rate takes a number above 0, not "0"/],
  ['--rate 1e3', /^--rate takes a number above 0, not "1e3"/],
  ['--duration 60', /^--duration takes a time such as 90s or 5m, not "60"/],
  ['--duration 0s', /^--duration takes a time above 0/],
  ['--mix stare:80', /^--mix knows browse, checkout, not "stare"/],
  ['--mix browse', /^--mix browse takes a number above 0, not ""/],
  ['--mix browse:80:20', /^--mix takes name:weight,name:weight, not "browse:80:20"/],
  ['--mix browse:80,browse:20', /^--mix has browse twice/],
  ['--users 2.5', /^--users takes a whole number from 1 to 100000, not "2.5"/],
  ['--seed x', /^--seed takes a whole number from 0 to 4294967295, not "x"/],
  ['--nonsense', /^Unknown option '--nonsense'; npm run load -- --help/],
])('refuses %s', (flags, message) => {
  const problem = { exitCode: 2, message: expect.stringMatching(message) };
  expect(() => readArguments(flags.split(' '))).toThrow(expect.objectContaining(problem));
});
