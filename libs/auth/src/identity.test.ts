import { expect, test } from 'vitest';
import { type Identity, onlyService, onlyUser } from './index.ts';

const user: Identity = { kind: 'user', id: 'u1', sessionId: 's1', token: 't' };
const gateway: Identity = { kind: 'service', id: 'gateway', token: 't' };

test('what is for users is neither for services nor for callers without a token', () => {
  expect(onlyUser(user)).toBe(user);
  expect(() => onlyUser(gateway)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  expect(() => onlyUser(undefined)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
});

test('what is for one service is neither for users nor for other services', () => {
  expect(onlyService(gateway, 'order', 'gateway')).toBe(gateway);
  expect(() => onlyService(gateway, 'order')).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  expect(() => onlyService({ ...user, id: 'gateway' }, 'gateway')).toThrow(
    expect.objectContaining({ kind: 'forbidden' }),
  );
  expect(() => onlyService(undefined, 'gateway')).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
});
