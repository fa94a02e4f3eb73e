import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { forward } from './forward.ts';
import { secret } from './kube.ts';
import { putBackLater } from './release.ts';
import { allServed, auditHolds, underLoad } from './shop.ts';
import { deploy, nextVersion, tagOf } from './versions.ts';

async function inOrders<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  const password = await secret('postgresql', 'ORDERS_PASSWORD');
  await using way = await forward('service/postgresql', 5432);
  const client = new pg.Client({ host: '127.0.0.1', port: way.port, user: 'orders', password, database: 'orders' });
  await client.connect();
  const { rows } = await client.query<Row>(statement).finally(() => client.end());
  return rows;
}

const migration = '900-gift-note';
const columns = () =>
  inOrders(`select from information_schema.columns where table_name = 'orders' and column_name = 'gift_note'`);

const undo = () =>
  inOrders(
    `alter table orders drop column if exists gift_note; delete from kysely_migration where name = '${migration}'`,
  );

test('an upgrade migrates first, under load; the old version goes on with the new schema, and can come back to it', async () => {
  await undo(); // what an interrupted run has left
  onTestFinished(async () => void (await undo()), 60_000);
  await putBackLater('order');
  const before = await tagOf('order');
  const expand = { [`migrations/${migration}.sql`]: 'alter table orders add column gift_note text;' };
  const tag = await nextVersion('order', `expand-${Date.now().toString(36)}`, expand);
  const load = await underLoad();
  expect(await columns()).toHaveLength(0);
  await deploy('order', '--tag', tag);
  expect(await columns()).toHaveLength(1);
  // its migration knows less than the database, and is content
  await deploy('order', '--tag', before);
  expect([await tagOf('order'), await columns()]).toEqual([before, [{}]]);
  const { accepted } = await allServed(load, 'upgrade of order with a migration, and back');
  await auditHolds(accepted);
});
