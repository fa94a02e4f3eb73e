import { type Database, database } from '@chandlery/database';
import { testDatabase } from '@chandlery/testing';
import { Type } from 'typebox';
import { onTestFinished } from 'vitest';
import { log, unique } from './broker-for-tests.ts';
import { type ConsumerOptions, consumer } from './consumer.ts';
import type { Message } from './message.ts';
import { messagingMigrations } from './migrations.ts';
import { on } from './on.ts';
import { type RelayOptions, relay } from './relay.ts';
import type { AnyDatabase } from './transactions.ts';

/** What handlers of these tests do to their database. */
export interface EffectTables {
  effect: { number: number };
}

/** An event on a topic of its own. */
export const counted = (topic = unique('topic')) => ({
  type: 'test.counted.v1',
  topic,
  data: Type.Object({ number: Type.Integer() }),
});
export type Counted = ReturnType<typeof counted>;

/** A service's database, migrated, with a table for effects. */
export async function serviceDatabase(): Promise<{ url: string; db: AnyDatabase }> {
  const url = await testDatabase([messagingMigrations]);
  const db = databaseAt(url);
  await db.schema
    .createTable('effect')
    .addColumn('number', 'integer', (column) => column.notNull())
    .execute();
  return { url, db };
}

export function databaseAt(url: string): AnyDatabase {
  const db: Database<EffectTables> = database<EffectTables>(url, { max: 5 });
  onTestFinished(() => db.destroy());
  return db;
}

/** The numbers that handlers have written, in the order of their commits. */
export const effects = async (db: AnyDatabase): Promise<number[]> =>
  (await db.selectFrom('effect').select('number').orderBy('ctid').execute()).map(({ number }) => number);

/** Writes the number down, in the transaction it is given. */
export const writing = (event: Counted) =>
  on(event, async ({ number }, { tx }) => void (await tx.insertInto('effect').values({ number }).execute()));

type Consuming = Omit<ConsumerOptions, 'log' | 'group'> & { group?: string };

/** A started consumer; it stops with the test. */
export function consuming(options: Consuming) {
  const part = consumer({ group: unique('group'), log, backoff: { baseMs: 20, maxMs: 200 }, ...options });
  part.start();
  onTestFinished(() => part.stop());
  return part;
}

/** A started relay; it stops with the test. */
export function relaying(options: Omit<RelayOptions, 'log' | 'source'>) {
  const part = relay({ source: 'test', log, pollMs: 300, backoff: { baseMs: 20, maxMs: 200 }, ...options });
  part.start();
  onTestFinished(() => part.stop());
  return part;
}

export const countedMessage = ({ topic, type }: Counted, key: string, data: unknown): Message => ({
  id: unique(key),
  topic,
  key,
  type,
  source: 'test',
  time: new Date().toISOString(),
  data,
});
