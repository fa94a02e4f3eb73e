import type { Database, Transaction } from '@chandlery/database';
import type { ColumnType, Generated } from 'kysely';

/** The database, or a transaction of it. */
export type Notifications = Database<Tables> | Transaction<Tables>;

export interface Tables {
  recipients: RecipientsTable;
  mails: MailsTable;
}

interface RecipientsTable {
  user_id: string;
  email: string;
  name: string;
  updated_at: Date;
}

export type MailStatus = 'queued' | 'sent' | 'failed';
export type Template = 'order-paid' | 'order-cancelled';

interface MailsTable {
  id: string;
  event_id: string;
  order_id: string;
  user_id: string;
  template: Template;
  subject: string;
  body: string;
  status: Generated<MailStatus>;
  attempts: Generated<number>;
  next_attempt_at: Generated<Date>;
  leased_until: Date | null;
  message_id: string | null;
  last_error: string | null;
  traceparent: string | null;
  created_at: ColumnType<Date, never, never>;
  sent_at: Date | null;
}
