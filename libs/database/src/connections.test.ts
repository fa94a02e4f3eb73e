import { once } from 'node:events';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Rejected, withDeadline } from '@chandlery/resilience';
import { proxyTo, testDatabase } from '@chandlery/testing';
import { freePort } from '@chandlery/testing/postgres';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { connections } from './connections.ts';
import { database, postgresAway, transaction } from './index.ts';

interface Tables {
  accounts: { id: string; cents: number };
}

const migrations = [new URL('./fixtures/', import.meta.url)];
const cancelled = new Rejected('caller', 'cancelled');

function given(connectionString: string, max = 1) {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  onTestFinished(() => pool.end());
  return { pool, ...connections(pool, () => max) };
}

async function givenAccounts() {
  const db = database<Tables>(await testDatabase(migrations));
  onTestFinished(() => db.destroy());
  const add = (id: string, to = db) => to.insertInto('accounts').values({ id, cents: 0 }).execute();
  const ids = async () => (await db.selectFrom('accounts').select('id').orderBy('id').execute()).map(({ id }) => id);
  return { db, add, ids };
}

/** PostgreSQL at another address; `meet` is told of each connection before it is taken. */
async function door(url: string, port: number, meet: (visitor: Socket) => void = () => undefined): Promise<void> {
  const behind = new URL(url);
  const server = createServer((visitor) => {
    meet(visitor);
    if (visitor.destroyed) return;
    const inside = connectTo(Number(behind.port), behind.hostname);
    for (const socket of [visitor, inside]) socket.on('error', () => undefined);
    visitor.pipe(inside).pipe(visitor);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
}

const at = (url: string, port: number) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href;

test('whose caller goes leaves the queue at once, and those behind come sooner', async () => {
  const { connect, waiting } = given(await testDatabase());
  const busy = await connect();
  const caller = new AbortController();
  const first = withDeadline('caller', 60_000, connect, caller.signal);
  const second = connect();
  await expect.poll(waiting).toBe(2);
  caller.abort(cancelled);
  await expect(first).rejects.toMatchObject({ kind: 'unavailable', reason: 'cancelled' });
  expect(waiting()).toBe(1);
  busy.release();
  (await second).release();
});

test('whose deadline passes leaves the queue', async () => {
  const { connect, waiting } = given(await testDatabase());
  const busy = await connect();
  let end: unknown;
  const leaving = (error: unknown) => {
    end = error;
    throw error;
  };
  const late = withDeadline('caller', 50, () => connect().catch(leaving));
  await expect(late).rejects.toMatchObject({ reason: 'deadline-exceeded' });
  await expect.poll(() => end).toMatchObject({ kind: 'unavailable', reason: 'deadline-exceeded' });
  expect(waiting()).toBe(0);
  busy.release();
  (await connect()).release();
});

test('a connection that comes for somebody who has left goes back to the pool', async () => {
  const { pool, connect } = given(await testDatabase());
  const caller = new AbortController();
  const connecting = withDeadline('caller', 60_000, connect, caller.signal);
  await turn();
  expect([pool.totalCount, pool.idleCount]).toEqual([1, 0]);
  caller.abort(cancelled);
  await expect(connecting).rejects.toMatchObject({ reason: 'cancelled' });
  await expect.poll(() => pool.idleCount).toBe(1);
  (await connect()).release();
  expect(pool.totalCount).toBe(1);
});

test('a query for somebody who has gone is not begun', async () => {
  const { add, ids } = await givenAccounts();
  const caller = new AbortController();
  const work = async () => {
    await add('before');
    caller.abort(cancelled);
    await add('after');
  };
  await expect(withDeadline('caller', 60_000, work, caller.signal)).rejects.toMatchObject({ reason: 'cancelled' });
  expect(await ids()).toEqual(['before']);
});

test('a transaction that has begun is not cut', async () => {
  const { db, add, ids } = await givenAccounts();
  const caller = new AbortController();
  const work = () =>
    transaction(db, async (tx) => {
      await add('before', tx);
      caller.abort(cancelled);
      await add('after', tx);
    });
  await withDeadline('caller', 60_000, work, caller.signal);
  expect(await ids()).toEqual(['after', 'before']);
});

test('a connection that fails is tried again', async () => {
  const url = await testDatabase();
  const port = await freePort();
  let visitors = 0;
  await door(url, port, (visitor) => {
    if (++visitors === 1) visitor.destroy();
  });
  (await given(at(url, port)).connect()).release();
  expect(visitors).toBe(2);
});

test('while PostgreSQL is away it is not asked again and again, and when it is back it is found', async () => {
  const url = await testDatabase();
  const port = await freePort();
  const { connect } = given(at(url, port), 10);
  const failures = await Promise.all(Array.from({ length: 60 }, () => connect().catch((error) => error)));
  const refused = failures.at(-1);
  expect(refused).toMatchObject({ kind: 'unavailable', reason: 'breaker-open', retryAfterMs: 1_000 });
  expect(postgresAway(refused)).toBe(true);
  await door(url, port);
  const found = async () => (await connect()).release();
  await expect.poll(() => found().then(() => 'back', postgresAway), { interval: 50 }).toBe('back');
});

test('a connection that leads nowhere is given up, and so are the places of those who waited for it', async () => {
  const proxy = await proxyTo(await testDatabase(migrations));
  const db = database<Tables>(proxy.url, { max: 2, silentMs: 300 });
  onTestFinished(() => db.destroy());
  const ids = () => db.selectFrom('accounts').select('id').execute();
  expect(await Promise.all([ids(), ids()])).toEqual([[], []]);
  proxy.swallow(true);
  const lost = await Promise.allSettled([ids(), ids(), withDeadline('caller', 100, ids)]);
  const away = { kind: 'unavailable', reason: 'database-away' };
  expect(lost.map(({ status, ...rest }) => 'reason' in rest && rest.reason)).toMatchObject([
    away,
    away,
    { reason: 'deadline-exceeded' },
  ]);
  proxy.swallow(false);
  await expect.poll(() => ids().catch(() => 'away'), { timeout: 10_000 }).toEqual([]);
});

test('a PostgreSQL that takes connections and says nothing is waited for by a few, and found when it speaks', async () => {
  const proxy = await proxyTo(await testDatabase(migrations));
  const db = database<Tables>(proxy.url, { max: 20 });
  onTestFinished(() => db.destroy());
  const ids = () => db.selectFrom('accounts').select('id').execute();
  proxy.swallow(true);
  const hasty = () => withDeadline('caller', 100, ids).catch((error) => error.reason);
  expect(await Promise.all(Array.from({ length: 20 }, hasty))).toContain('deadline-exceeded');
  await expect.poll(hasty).toBe('breaker-open');
  proxy.swallow(false);
  await expect.poll(hasty, { timeout: 10_000 }).toEqual([]);
});

test('a long queue says nothing about PostgreSQL', async () => {
  const { connect, waiting } = given(await testDatabase());
  const busy = await connect();
  const hasty = Array.from({ length: 40 }, () => withDeadline('caller', 50, connect));
  await Promise.allSettled(hasty);
  await expect.poll(waiting).toBe(0);
  busy.release();
  (await connect()).release();
});
