import { expect, test } from 'vitest';
import { onItsWay, untilQuiet } from './quiet.ts';
import { shopForTests } from './shop-for-tests.ts';
import { declined, paid, refunded } from './sound-shop.ts';
import type { DatabaseName } from './sources.ts';

const givenShop = shopForTests();

const outbox = `insert into outbox (id, topic, key, type, data) values (gen_random_uuid(), '', '', '', '{}')`;

test('a shop where everything has ended is quiet', async () => {
  expect(await onItsWay((await givenShop()).sources)).toEqual([]);
});

test.each<[string, DatabaseName, string]>([
  ['orders pending: 1', 'orders', `update orders set status = 'pending' where id = '${declined}'`],
  ['orders to cancel: 1', 'orders', `update orders set cancel_reason = 'mistake' where id = '${paid}'`],
  ['charges to undo: 1', 'payments', `update payments set cancel_requested_at = now() where order_id = '${paid}'`],
  ['mails to send: 1', 'notifications', `update mails set status = 'queued' where order_id = '${paid}'`],
  ['events to hear of: 1', 'notifications', `delete from mails where order_id = '${refunded}'`],
  ['events in the outbox of order: 1', 'orders', outbox],
  ['events in the outbox of payment: 1', 'payments', outbox],
  ['events in the outbox of notification: 1', 'notifications', outbox],
  ['events in the outbox of user: 1', 'users', outbox],
])('it is not while there are %s', async (line, name, change) => {
  const shop = await givenShop();
  await shop.change(name, change);
  expect(await onItsWay(shop.sources)).toEqual([line]);
});

test('waits until the shop is quiet, and says what for', async () => {
  const { sources, change } = await givenShop();
  await change('users', outbox);
  const said: string[] = [];
  const waiting = untilQuiet(sources, { timeoutMs: 30_000, say: (line) => said.push(line) });
  await expect.poll(() => said).toContain('events in the outbox of user: 1');
  await change('users', 'truncate outbox');
  expect(await waiting).toEqual([]);
});

test('gives up when the time is up, and returns what is not quiet', async () => {
  const { sources, change } = await givenShop();
  await change('users', outbox);
  expect(await untilQuiet(sources, { timeoutMs: 0 })).toEqual(['events in the outbox of user: 1']);
});

test('a database that can’t be read is waited for, then told', async () => {
  const { sources } = await givenShop();
  const databases = { ...sources.databases, users: 'postgres://nobody@127.0.0.1:1/users' };
  const said: string[] = [];
  const waiting = untilQuiet({ ...sources, databases }, { timeoutMs: 600, say: (line) => said.push(line) });
  await expect(waiting).rejects.toThrow('ECONNREFUSED');
  expect(said[0]).toMatch(/servers: .*ECONNREFUSED/);
});
