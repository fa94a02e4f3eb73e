import { sql } from 'kysely';
import { v7 } from 'uuid';
import type { MailStatus, Notifications, Template } from './tables.ts';

/** PostgreSQL's NOTIFY on this channel says that a mail may have become due. */
export const mailsChannel = 'mails';

/** A mail as an event asks for it. It names its reader by id: the address is looked up when it is sent. */
export interface NewMail {
  eventId: string;
  orderId: string;
  userId: string;
  template: Template;
  subject: string;
  body: string;
  traceparent: string | undefined;
}

/** A mail that is ours to send until its lease ends. */
export interface LeasedMail {
  id: string;
  eventId: string;
  orderId: string;
  template: Template;
  subject: string;
  body: string;
  traceparent: string | null;
  /** Counts leases; who holds an older number holds no lease. */
  attempts: number;
  email: string;
  name: string;
}

export interface Mail {
  id: string;
  template: Template;
  status: MailStatus;
  sentAt: Date | null;
}

export type MailStore = ReturnType<typeof mailStore>;

/** The mail queue. One clock counts, that of the database. */
export function mailStore(db: Notifications) {
  const ifStillLeased = ({ id, attempts }: LeasedMail) =>
    db.updateTable('mails').where('id', '=', id).where('attempts', '=', attempts).where('status', '=', 'queued');

  return {
    /** Queues one mail for an event, however often the event is seen. */
    async queue({ eventId, orderId, userId, template, subject, body, traceparent }: NewMail): Promise<void> {
      await db
        .insertInto('mails')
        .values({
          id: v7(),
          event_id: eventId,
          order_id: orderId,
          user_id: userId,
          template,
          subject,
          body,
          traceparent: traceparent ?? null,
        })
        .onConflict((conflict) => conflict.column('event_id').doNothing())
        .execute();
      await sql`select pg_notify(${mailsChannel}, '')`.execute(db);
    },

    /** Takes up to `limit` due mails whose reader is known, each for one worker alone, for `leaseMs`. */
    async lease(limit: number, leaseMs: number): Promise<LeasedMail[]> {
      const { rows } = await sql<LeasedMail>`
        with due as (
          select id, email, name from mails join recipients using (user_id)
          where status = 'queued' and next_attempt_at <= now() and coalesce(leased_until <= now(), true)
          order by next_attempt_at limit ${limit} for update of mails skip locked
        )
        update mails set attempts = attempts + 1, leased_until = now() + ${leaseMs} * interval '1 millisecond'
        from due where mails.id = due.id
        returning mails.id, event_id as "eventId", order_id as "orderId", template, subject, body, traceparent,
          attempts, due.email, due.name`.execute(db);
      return rows;
    },

    /** Counts even when the lease has ended meanwhile: the mail is out. */
    async sent({ id }: LeasedMail, messageId: string): Promise<void> {
      const done = { status: 'sent', message_id: messageId, sent_at: sql<Date>`now()`, leased_until: null } as const;
      await db
        .updateTable('mails')
        .set({ ...done, last_error: null })
        .where('id', '=', id)
        .execute();
    },

    /** Gives a mail back, to be tried after `delayMs`. */
    async defer(mail: LeasedMail, delayMs: number, reason: string): Promise<void> {
      const next_attempt_at = sql<Date>`now() + ${delayMs} * interval '1 millisecond'`;
      await ifStillLeased(mail).set({ next_attempt_at, leased_until: null, last_error: reason }).execute();
    },

    async fail(mail: LeasedMail, reason: string): Promise<void> {
      await ifStillLeased(mail).set({ status: 'failed', leased_until: null, last_error: reason }).execute();
    },

    /** Seconds that the oldest queued mail has waited, 0 when there is none. */
    async ageSeconds(): Promise<number> {
      const age = sql<number>`coalesce(extract(epoch from now() - min(created_at)), 0)::float8`.as('age');
      const row = await db.selectFrom('mails').select(age).where('status', '=', 'queued').executeTakeFirstOrThrow();
      return row.age;
    },

    /** A user's own mails about an order, oldest first. */
    ofOrder: (orderId: string, userId: string): Promise<Mail[]> =>
      db
        .selectFrom('mails')
        .select(['id', 'template', 'status', 'sent_at as sentAt'])
        .where('order_id', '=', orderId)
        .where('user_id', '=', userId)
        .orderBy('id')
        .execute(),
  };
}
