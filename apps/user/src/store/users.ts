import { userRegistered, userUpdated } from '@chandlery/contracts/events/user';
import { type Database, transaction } from '@chandlery/database';
import { Failure } from '@chandlery/errors';
import { add } from '@chandlery/messaging';
import { v7 } from 'uuid';
import { emailKey, tidyEmail } from '../domain/account.ts';
import type { Tables } from './tables.ts';

const columns = ['id', 'email', 'name', 'created_at as createdAt'] as const;

export interface User {
  id: string;
  email: string;
  name: string;
  createdAt: Date;
}

export interface NewUser {
  email: string;
  name: string;
  passwordHash: string;
}

const event = ({ id, email, name }: User) => ({ userId: id, email, name });

/** PostgreSQL's error quotes the address, so it is not kept as the cause. */
function emailTaken(error: unknown): never {
  if ((error as { constraint?: string }).constraint !== 'users_email_taken') throw error;
  throw new Failure('conflict', 'this mail address has an account', { reason: 'email-taken' });
}

export type UserStore = ReturnType<typeof userStore>;

/** Accounts. What changes is told to the world by an event in the same transaction. */
export function userStore(db: Database<Tables>) {
  return {
    register: ({ email, name, passwordHash }: NewUser): Promise<User> =>
      transaction(db, async (tx) => {
        const address = { email: tidyEmail(email), email_key: emailKey(email) };
        const row = { id: v7(), ...address, name: name.trim(), password_hash: passwordHash };
        const user = await tx.insertInto('users').values(row).returning(columns).executeTakeFirstOrThrow();
        await add(tx, userRegistered, user.id, event(user));
        return user;
      }).catch(emailTaken),

    find: (id: string): Promise<User | undefined> =>
      db.selectFrom('users').select(columns).where('id', '=', id).executeTakeFirst(),

    /** What the owner of `email` signs in with. */
    credentials: (email: string): Promise<{ id: string; passwordHash: string } | undefined> =>
      db
        .selectFrom('users')
        .select(['id', 'password_hash as passwordHash'])
        .where('email_key', '=', emailKey(email))
        .executeTakeFirst(),

    /** Changes what is given and differs; a repeated change changes nothing and tells nobody. */
    update: (id: string, changes: { email?: string; name?: string }): Promise<User | undefined> =>
      transaction(db, async (tx) => {
        const user = await tx.selectFrom('users').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();
        if (!user) return undefined;
        const email = tidyEmail(changes.email ?? user.email);
        const name = (changes.name ?? user.name).trim();
        if (email === user.email && name === user.name) return user;
        const updated = { ...user, email, name };
        await tx
          .updateTable('users')
          .set({ email, email_key: emailKey(email), name })
          .where('id', '=', id)
          .execute();
        await add(tx, userUpdated, id, event(updated));
        return updated;
      }).catch(emailTaken),
  };
}
