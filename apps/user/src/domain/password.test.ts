import { expect, test } from 'vitest';
import { normalPassword, passwordProblem } from './password.ts';

const email = 'jane.appleseed@example.com';

test('length alone makes a password good, ten characters or more', () => {
  expect(passwordProblem('rope tar canvas', email)).toBeUndefined();
  expect(passwordProblem('x7#kP!2qZ', email)).toBe('at least 10 characters');
});

test('characters are counted as people count them', () => {
  expect(passwordProblem('🔔⚓🚢🧭🪢🌊🐚🦀🐙', email)).toBe('at least 10 characters');
  expect(passwordProblem('🔔⚓🚢🧭🪢🌊🐚🦀🐙🐳', email)).toBeUndefined();
});

test('a password may have 128 characters', () => {
  expect(passwordProblem('abcd'.repeat(32), email)).toBeUndefined();
  expect(passwordProblem(`${'abcd'.repeat(32)}e`, email)).toBe('at most 128 characters');
});

test.each(['password123', 'PassWord123', '1234567890', 'aaaaaaaaaaaa', 'ababababab'])('%s is refused', (password) => {
  expect(passwordProblem(password, email)).toBe('one of the first that anyone would try');
});

test.each([email, `${email}1`, 'Jane.Appleseed', 'my jane.appleseed@EXAMPLE.com'])(
  '%s is refused to the owner of the address, and to nobody else',
  (password) => {
    expect(passwordProblem(password, ` ${email}`)).toBe('must not be the mail address');
    expect(passwordProblem(password, 'john@example.com')).toBeUndefined();
  },
);

test('composed and decomposed characters are the same password', () => {
  expect(normalPassword('cafe\u0301')).toBe(normalPassword('café'));
});
