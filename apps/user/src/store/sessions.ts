import { type Database, type Transaction, transaction } from '@chandlery/database';
import { v7, validate } from 'uuid';
import { digest, newSecret } from '../secrets.ts';
import type { Tables } from './tables.ts';

const idleMs = 30 * 24 * 3_600_000;

export interface Session {
  id: string;
  userId: string;
  /** To be handed out now; only its digest is kept. */
  refreshToken: string;
}

/** What a refresh token was good for: the next one, the end of its session because it had been used before, or nothing. */
export type Rotation =
  | { outcome: 'rotated'; session: Session }
  | { outcome: 'reused'; sessionId: string }
  | { outcome: 'unknown' };

export type SessionStore = ReturnType<typeof sessionStore>;

/** Sessions and their refresh tokens. A session ends by signing out, by the reuse of a token, or after 30 days without a refresh. */
export function sessionStore(db: Database<Tables>, now: () => number = Date.now) {
  const at = (offsetMs = 0) => new Date(now() + offsetMs);

  const openSession = (tx: Database<Tables>, id: string) =>
    tx.updateTable('sessions').where('id', '=', id).where('ended_at', 'is', null).where('expires_at', '>', at());

  async function issue(tx: Transaction<Tables>, id: string, userId: string): Promise<Session> {
    const refreshToken = newSecret();
    const token = { hash: digest(refreshToken), session_id: id, used_at: null };
    await tx.insertInto('refresh_tokens').values(token).execute();
    return { id, userId, refreshToken };
  }

  /** The session of a token that nobody has used yet; from now on it is used. One statement, so of two callers one gets it. */
  const take = (tx: Transaction<Tables>, hash: Buffer) =>
    tx
      .updateTable('refresh_tokens')
      .set({ used_at: at() })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .returning('session_id as id')
      .executeTakeFirst();

  async function prolong(tx: Transaction<Tables>, id: string): Promise<Rotation> {
    const session = await openSession(tx, id)
      .set({ expires_at: at(idleMs) })
      .returning('user_id as userId')
      .executeTakeFirst();
    if (!session) return { outcome: 'unknown' };
    await tx.deleteFrom('refresh_tokens').where('session_id', '=', id).where('used_at', '<=', at(-idleMs)).execute();
    return { outcome: 'rotated', session: await issue(tx, id, session.userId) };
  }

  async function reused(tx: Transaction<Tables>, hash: Buffer): Promise<Rotation> {
    const token = await tx
      .selectFrom('refresh_tokens')
      .select('session_id as sessionId')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (!token) return { outcome: 'unknown' };
    await openSession(tx, token.sessionId).set({ ended_at: at() }).execute();
    return { outcome: 'reused', ...token };
  }

  return {
    /** Opens a session, and clears away those that the user let expire. */
    open: (userId: string): Promise<Session> =>
      transaction(db, async (tx) => {
        await tx.deleteFrom('sessions').where('user_id', '=', userId).where('expires_at', '<=', at()).execute();
        const session = { id: v7(), user_id: userId, created_at: at(), expires_at: at(idleMs), ended_at: null };
        await tx.insertInto('sessions').values(session).execute();
        return issue(tx, session.id, userId);
      }),

    /**
     * Takes a refresh token and gives the next. A token that was taken before ends its session: its owner or a thief has the newer
     * one, and nobody can say who. Of two concurrent calls with one token the first wins and the second counts as reuse, because a
     * thief's call looks just the same; a client refreshes once at a time.
     */
    rotate: (refreshToken: string): Promise<Rotation> =>
      transaction(db, async (tx) => {
        const hash = digest(refreshToken);
        const session = await take(tx, hash);
        return session ? prolong(tx, session.id) : reused(tx, hash);
      }),

    /** Ends a session for good; one that has ended stays so. */
    end: async (id: string): Promise<void> => void (await openSession(db, id).set({ ended_at: at() }).execute()),

    async isOpen(id: string): Promise<boolean> {
      if (!validate(id)) return false;
      const session = await db
        .selectFrom('sessions')
        .select('id')
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', at())
        .executeTakeFirst();
      return session !== undefined;
    },
  };
}
