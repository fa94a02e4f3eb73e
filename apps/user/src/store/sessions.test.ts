import { database } from '@chandlery/database';
import { testDatabase } from '@chandlery/testing';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../migrations.ts';
import { sessionStore } from './sessions.ts';
import type { Tables } from './tables.ts';

const day = 24 * 3_600_000;

/** A user who signed in at `clock.at`. */
async function given() {
  const db = database<Tables>(await testDatabase(migrations));
  onTestFinished(() => db.destroy());
  const clock = { at: Date.UTC(2026, 0, 1) };
  const sessions = sessionStore(db, () => clock.at);
  const userId = v7();
  const user = {
    id: userId,
    email: 'jane@example.com',
    email_key: 'jane@example.com',
    name: 'Jane',
    password_hash: '',
  };
  await db.insertInto('users').values(user).execute();
  const rotate = async (refreshToken: string) => {
    const rotation = await sessions.rotate(refreshToken);
    if (rotation.outcome !== 'rotated') throw new Error(rotation.outcome);
    return rotation.session;
  };
  return { db, clock, sessions, userId, rotate, session: await sessions.open(userId) };
}

test('a refresh token gives the next one, in the same session', async () => {
  const { sessions, session, rotate } = await given();
  const next = await rotate(session.refreshToken);
  expect(next).toMatchObject({ id: session.id, userId: session.userId });
  expect(next.refreshToken).not.toBe(session.refreshToken);
  expect(await sessions.isOpen(session.id)).toBe(true);
  expect(await rotate(next.refreshToken)).toMatchObject({ id: session.id });
});

test('no token is kept as it is', async () => {
  const { db, session } = await given();
  const [row] = await db.selectFrom('refresh_tokens').selectAll().execute();
  expect(Buffer.from(session.refreshToken, 'base64url')).toHaveLength(32);
  expect(row?.hash).toHaveLength(32);
  expect(JSON.stringify(row)).not.toContain(session.refreshToken);
  expect(row?.hash.equals(Buffer.from(session.refreshToken, 'base64url'))).toBe(false);
});

test('a token used again ends its session, newest token included, and no other session', async () => {
  const { sessions, session, userId, rotate } = await given();
  const other = await sessions.open(userId);
  const next = await rotate(session.refreshToken);
  const ended = { outcome: 'reused', sessionId: session.id };
  expect(await sessions.rotate(session.refreshToken)).toEqual(ended);
  expect(await sessions.isOpen(session.id)).toBe(false);
  expect(await sessions.rotate(next.refreshToken)).toEqual({ outcome: 'unknown' });
  expect(await sessions.rotate(session.refreshToken)).toEqual(ended);
  expect(await sessions.isOpen(other.id)).toBe(true);
});

test('of many calls with one token one wins, and the session is over', async () => {
  const { sessions, session } = await given();
  const rotations = await Promise.all(Array.from({ length: 10 }, () => sessions.rotate(session.refreshToken)));
  expect(rotations.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1);
  expect(rotations.filter(({ outcome }) => outcome === 'reused')).toHaveLength(9);
  expect(await sessions.isOpen(session.id)).toBe(false);
});

test('a session that ended is over for good', async () => {
  const { sessions, session } = await given();
  await sessions.end(session.id);
  await sessions.end(session.id);
  expect(await sessions.isOpen(session.id)).toBe(false);
  expect(await sessions.rotate(session.refreshToken)).toEqual({ outcome: 'unknown' });
});

test('a session lives 30 days from its last refresh', async () => {
  const { clock, sessions, session, rotate } = await given();
  clock.at += 29 * day;
  const next = await rotate(session.refreshToken);
  clock.at += 29 * day;
  expect(await sessions.isOpen(session.id)).toBe(true);
  clock.at += day;
  expect(await sessions.isOpen(session.id)).toBe(false);
  expect(await sessions.rotate(next.refreshToken)).toEqual({ outcome: 'unknown' });
});

test('what is too old to matter is cleared away', async () => {
  const { db, clock, sessions, session, userId, rotate } = await given();
  clock.at += 20 * day;
  const next = await rotate(session.refreshToken);
  clock.at += 20 * day;
  const third = await rotate(next.refreshToken);
  clock.at += 15 * day;
  await rotate(third.refreshToken);
  const tokens = () => db.selectFrom('refresh_tokens').select('used_at').execute();
  expect(await tokens()).toHaveLength(3);
  clock.at += 31 * day;
  const fresh = await sessions.open(userId);
  expect(await db.selectFrom('sessions').select('id').execute()).toEqual([{ id: fresh.id }]);
  expect(await tokens()).toHaveLength(1);
});

test('what was never given out is no token and no session', async () => {
  const { sessions } = await given();
  expect(await sessions.rotate('made up')).toEqual({ outcome: 'unknown' });
  for (const id of ['', 'no id', v7()]) expect(await sessions.isOpen(id)).toBe(false);
});
