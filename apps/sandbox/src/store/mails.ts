import type { DatabaseSync } from 'node:sqlite';

export interface Mail {
  id: string;
  orderId: string | null;
  /** Who it was handed in for, which is not always whom it names. */
  to: string;
  subject: string;
  messageId: string;
  receivedAt: number;
}

const columns =
  'id, order_id as orderId, recipients as "to", subject, message_id as messageId, received_at as receivedAt';

export function mailStore(db: DatabaseSync) {
  const put = db.prepare(`
    insert into mails (id, order_id, recipients, subject, message_id, received_at, raw) values (?, ?, ?, ?, ?, ?, ?)`);
  const list = db.prepare(`select ${columns} from mails where order_id is coalesce(?, order_id) order by id`);
  const one = db.prepare(`select ${columns}, raw from mails where id = ?`);
  return {
    add(mail: Mail, raw: Uint8Array): void {
      put.run(mail.id, mail.orderId, mail.to, mail.subject, mail.messageId, mail.receivedAt, raw);
    },

    /** Oldest first; of one order or of all. */
    list: (orderId?: string) => list.all(orderId ?? null) as unknown as Mail[],

    find: (id: string) => one.get(id) as unknown as (Mail & { raw: Uint8Array }) | undefined,
  };
}
