import { sql } from 'kysely';
import type { AnyDatabase, AnyTransaction } from './transactions.ts';

/** Longer than any broker keeps a message, or a person a dead letter. */
const KEPT = '90 days';

/** Whether the group meets this message for the first time; if so it is remembered, when the transaction commits. */
export async function firstTime(tx: AnyTransaction, group: string, messageId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('inbox')
    .values({ consumer: group, message_id: messageId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Forgets what can no longer come again. */
export async function forget(db: AnyDatabase, group: string): Promise<void> {
  await sql`delete from inbox where consumer = ${group} and handled_at < now() - ${KEPT}::interval`.execute(db);
}
