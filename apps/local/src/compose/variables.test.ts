import { expect, test } from 'vitest';
import { newSecrets } from '../secrets.ts';
import { services, topology } from '../topology.ts';
import { fileOf, secretVariables } from './variables.ts';

const secrets = await newSecrets();
const given = secretVariables(secrets);

test.each(services)('%s has its own secrets, and no others', (name) => {
  const { database, secrets: needed } = topology[name];
  const expected = [...Object.keys(needed), ...(database ? ['DATABASE_URL'] : [])];
  expect(Object.keys(given[name]!).toSorted()).toEqual(expected.toSorted());
  expect(Object.values(given[name]!).every(Boolean)).toBe(true);
});

test('a migration knows the database of its service, and nothing else', () => {
  const password = secrets.passwords.orders;
  expect(given['order-migrate']).toEqual({ DATABASE_URL: `postgres://orders:${password}@postgresql:5432/orders` });
  expect(Object.keys(given)).not.toContain('gateway-migrate');
});

test('the server is told the password of each login', () => {
  const { postgres, auditor, users, orders, payments, notifications } = secrets.passwords;
  expect(given.postgresql).toEqual({
    POSTGRES_PASSWORD: postgres,
    USERS_PASSWORD: users,
    ORDERS_PASSWORD: orders,
    PAYMENTS_PASSWORD: payments,
    NOTIFICATIONS_PASSWORD: notifications,
    AUDITOR_PASSWORD: auditor,
  });
});

test('a file quotes what Compose would replace, and refuses what can’t be quoted', () => {
  expect(fileOf({ KEYS: '{"keys":[]}', PRICE: '$5 # net' })).toBe(`KEYS='{"keys":[]}'\nPRICE='$5 # net'\n`);
  for (const value of ["it's", 'two\nlines', '\\']) expect(() => fileOf({ VALUE: value })).toThrow('VALUE');
});
