import { randomBytes } from 'node:crypto';
import { type Database, transaction } from '@chandlery/database';
import { Failure } from '@chandlery/errors';
import { v7, validate } from 'uuid';
import { digest, newSecret } from '../secrets.ts';
import type { Tables } from './tables.ts';

/** The list has no pages, so it must end. */
const mostKeys = 50;

const columns = ['id', 'name', 'prefix', 'created_at as createdAt'] as const;

export interface ApiKey {
  id: string;
  name: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  createdAt: Date;
}

export type ApiKeyStore = ReturnType<typeof apiKeyStore>;

/** API keys, `chk_<prefix>_<secret>`. A key is shown when it is made and never again: only its digest is kept. */
export function apiKeyStore(db: Database<Tables>) {
  return {
    create: (userId: string, name: string): Promise<{ apiKey: ApiKey; key: string }> =>
      transaction(db, async (tx) => {
        const owner = tx.selectFrom('users').select('id').where('id', '=', userId).forUpdate();
        if (!(await owner.executeTakeFirst())) throw new Failure('not_found', 'no such account');
        const { count } = await tx
          .selectFrom('api_keys')
          .select((row) => row.fn.countAll<number>().as('count'))
          .where('user_id', '=', userId)
          .executeTakeFirstOrThrow();
        if (count >= mostKeys)
          throw new Failure('conflict', `at most ${mostKeys} keys`, { reason: 'too-many-api-keys' });
        const prefix = `chk_${randomBytes(4).toString('hex')}`;
        const key = `${prefix}_${newSecret()}`;
        const row = { id: v7(), user_id: userId, name: name.trim(), prefix, hash: digest(key) };
        const apiKey = await tx.insertInto('api_keys').values(row).returning(columns).executeTakeFirstOrThrow();
        return { apiKey, key };
      }),

    /** A user's keys, newest first. */
    list: (userId: string): Promise<ApiKey[]> =>
      db.selectFrom('api_keys').select(columns).where('user_id', '=', userId).orderBy('id', 'desc').execute(),

    /** Deletes a key; false where the user has no such key. */
    async delete(userId: string, id: string): Promise<boolean> {
      if (!validate(id)) return false;
      const { numDeletedRows } = await db
        .deleteFrom('api_keys')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },

    /** Whose key it is, looked up by its digest: how long that takes tells nothing about keys that exist. */
    find: (key: string): Promise<{ id: string; userId: string } | undefined> =>
      db.selectFrom('api_keys').select(['id', 'user_id as userId']).where('hash', '=', digest(key)).executeTakeFirst(),

    async exists(id: string): Promise<boolean> {
      if (!validate(id)) return false;
      return (await db.selectFrom('api_keys').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
    },
  };
}
