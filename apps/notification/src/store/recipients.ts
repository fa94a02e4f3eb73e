import { sql } from 'kysely';
import { mailsChannel } from './mails.ts';
import type { Notifications } from './tables.ts';

export interface Recipient {
  userId: string;
  email: string;
  name: string;
  /** When the user's event was made. */
  at: Date;
}

/** Our own copy of who gets mail: what user says in its events. */
export function recipientStore(db: Notifications) {
  return {
    /** Keeps the newest; an older event that comes late changes nothing. Wakes the queue: mails may have waited for this address. */
    async keep({ userId, email, name, at }: Recipient): Promise<void> {
      await db
        .insertInto('recipients')
        .values({ user_id: userId, email, name, updated_at: at })
        .onConflict((conflict) =>
          conflict
            .column('user_id')
            .doUpdateSet({ email, name, updated_at: at })
            .whereRef('recipients.updated_at', '<=', 'excluded.updated_at'),
        )
        .execute();
      await sql`select pg_notify(${mailsChannel}, '')`.execute(db);
    },
  };
}
