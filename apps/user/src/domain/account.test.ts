import { expect, test } from 'vitest';
import { emailKey, emailProblem, nameProblem, tidyEmail } from './account.ts';

test('an address is the same however it is written', () => {
  expect(emailKey(' Jane.Doe@Example.COM ')).toBe('jane.doe@example.com');
  expect(emailKey('jose\u0301@example.com')).toBe(emailKey('josé@example.com'));
  expect(tidyEmail(' Jane.Doe@Example.COM ')).toBe('Jane.Doe@Example.COM');
});

test.each(['jane@example.com', 'j.doe+shop@mail.example.co.uk', "o'brien@example.com", 'josé@exämple.com'])(
  '%s is an address',
  (email) => expect(emailProblem(email)).toBeUndefined(),
);

test.each([
  ['', 'empty'],
  ['jane', 'no domain'],
  ['jane@localhost', 'no dot in the domain'],
  ['jane@exa mple.com', 'a space'],
  ['a@example.com,b@example.com', 'two addresses'],
  ['Jane <jane@example.com>', 'a display name'],
  ['jane@example.com\r\nBcc: all@example.com', 'a header'],
  ['ja\0ne@example.com', 'a control character'],
  [`${'a'.repeat(250)}@example.com`, 'too long'],
])('%j is no address: %s', (email) => expect(emailProblem(email)).toBeTypeOf('string'));

test('a name has up to 100 characters and none that control', () => {
  expect(nameProblem('Jane Doe')).toBeUndefined();
  expect(nameProblem('x'.repeat(100))).toBeUndefined();
  expect(nameProblem('  ')).toBe('must not be empty');
  expect(nameProblem('x'.repeat(101))).toBe('at most 100 characters');
  expect(nameProblem('Jane\nDoe')).toBe('no control characters');
});
