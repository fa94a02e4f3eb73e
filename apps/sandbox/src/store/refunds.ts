import type { DatabaseSync } from 'node:sqlite';
import type { Refund } from '../domain/refund.ts';
import type { Page } from './intents.ts';

export function refundStore(db: DatabaseSync) {
  const one = db.prepare('select refund from refunds where id = ?');
  const put = db.prepare('insert into refunds (id, refund) values (?, ?)');
  const page = db.prepare(`
    select refund from refunds
    where intent_id = coalesce(?, intent_id) and id < ? order by id desc limit ?`);
  const read = (row: unknown) => JSON.parse((row as { refund: string }).refund) as Refund;
  return {
    find(id: string): Refund | undefined {
      const row = one.get(id);
      return row && read(row);
    },

    add(refund: Refund): void {
      put.run(refund.id, JSON.stringify(refund));
    },

    list: ({ limit, after }: Page, intentId?: string): Refund[] =>
      page.all(intentId ?? null, after ?? '~', limit).map(read),
  };
}
