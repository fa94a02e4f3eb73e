import { expect, test } from 'vitest';
import { refusal } from './mailer.ts';

test.each([
  ['a refused reader', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'failed'],
  ['a refused message', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'failed'],
  ['an address that is none', { code: 'EENVELOPE', command: 'API' }, 'failed'],
  ['a full mailbox', { code: 'EENVELOPE', responseCode: 452, command: 'RCPT TO' }, 'deferred'],
  ['a server that lost count of the commands', { code: 'EENVELOPE', responseCode: 503, command: 'DATA' }, 'deferred'],
  ['a server that closes', { code: 'EENVELOPE', responseCode: 421, command: 'MAIL FROM' }, 'unavailable'],
  ['a server that does not want us', { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' }, 'unavailable'],
  ['a password that is wrong', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'unavailable'],
  ['a connection that breaks', { code: 'ECONNECTION' }, 'unavailable'],
  ['an error nobody expected', {}, 'unavailable'],
] as const)('after %s the mail is %3$s', (_, error, outcome) => {
  expect(refusal(Object.assign(new Error('ada@example.org'), error))).toMatchObject({ outcome });
});

test('a reason has codes, and none of the words of the server', () => {
  const words = { responseCode: 550, command: 'RCPT TO', response: '550 no ada@example.org here', code: 'EENVELOPE' };
  const { reason } = refusal(Object.assign(new Error('550 no ada@example.org here'), words));
  expect(reason).toBe('the mail server answered 550 to RCPT TO');
});
