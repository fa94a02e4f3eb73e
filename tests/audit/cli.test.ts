import { expect, test } from 'vitest';
import { readArguments } from './cli.ts';
import { exitCode, lines } from './report.ts';
import { sourcesOf } from './targets.ts';
import type { Verdict } from './verdict.ts';

test('without arguments the embedded shop is audited, for people to read', () => {
  expect(readArguments([])).toEqual({ target: 'embedded', timeoutMs: 120_000, json: false, help: false });
});

test('reads every flag', () => {
  const flags = '--target kind --data d --accepted ids.txt --timeout 5m --json'.split(' ');
  expect(readArguments(flags)).toMatchObject({
    target: 'kind',
    data: 'd',
    accepted: 'ids.txt',
    timeoutMs: 300_000,
    json: true,
  });
});

test.each([[['--target', 'moon']], [['--timeout', '5']], [['--nonsense']], [['compose']]])('refuses %j', (args) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('every database is read by the one login, whatever the password', () => {
  const { databases } = sourcesOf({ postgres: 'postgres://auditor:a%2Fb@127.0.0.1:5432', sandbox: 'http://sandbox/' });
  expect(databases).toEqual({
    orders: 'postgres://auditor:a%2Fb@127.0.0.1:5432/orders',
    payments: 'postgres://auditor:a%2Fb@127.0.0.1:5432/payments',
    notifications: 'postgres://auditor:a%2Fb@127.0.0.1:5432/notifications',
    users: 'postgres://auditor:a%2Fb@127.0.0.1:5432/users',
  });
});

const verdict = ({ breaches = [], unquiet = [] }: Partial<Verdict> = {}): Verdict => ({
  target: 'a shop',
  looked: { orders: 12_000, accepted: 11_000, charges: 9_000, mails: 9_001, outbox: 0, deadLetters: 1 },
  waitedSeconds: 1,
  lookedSeconds: 2.5,
  unquiet,
  deadLetters: [{ place: 'mails of notifications', type: 'order-paid', key: 'o-9', reason: 'refused', trace: null }],
  breaches,
});

const breach = { statement: 'stock adds up', order: 'o-1', expected: 'ten', found: 'nine', trace: 't-1' };

test('a clean verdict counts what was looked at, and tells of dead letters', () => {
  const found = verdict();
  expect(exitCode(found)).toBe(0);
  expect(lines(found)).toEqual([
    '  looked at 12,000 orders (11,000 known to be accepted), 9,000 charges and 9,001 mails in 2.5 s',
    '  dead letter: order-paid of o-9 in mails of notifications: refused',
    '  clean: every statement holds',
  ]);
});

test('breaches come by statement, ten of each, with what to look for', () => {
  const found = verdict({ breaches: Array(12).fill(breach) });
  expect(exitCode(found)).toBe(1);
  const printed = lines(found).slice(2);
  expect(printed.slice(0, 4)).toEqual([
    '  BROKEN: stock adds up (12)',
    '    order o-1, trace t-1',
    '      expected  ten',
    '      found     nine',
  ]);
  expect(printed).toHaveLength(1 + 10 * 3 + 1);
  expect(printed.at(-1)).toBe('    and 2 more');
});

test('a shop that does not come to rest is not called clean', () => {
  const found = verdict({ unquiet: ['orders pending: 3'] });
  expect(exitCode(found)).toBe(2);
  expect(lines(found).slice(2)).toEqual(['  still not quiet: orders pending: 3', '  nothing is broken yet']);
});
