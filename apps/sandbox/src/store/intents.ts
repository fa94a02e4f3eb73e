import type { DatabaseSync } from 'node:sqlite';
import type { Intent } from '../domain/intent.ts';

/** A part of a list: newest first, beginning after the thing with that id. */
export interface Page {
  limit: number;
  after?: string | undefined;
}

export function intentStore(db: DatabaseSync) {
  const one = db.prepare('select intent from intents where id = ?');
  const put = db.prepare(
    'insert into intents (id, intent) values (?, ?) on conflict do update set intent = excluded.intent',
  );
  const page = db.prepare('select intent from intents where id < ? order by id desc limit ?');
  const charged = db.prepare(`
    select intent from intents
    where intent ->> '$.charge' is not null and order_id is coalesce(?, order_id) order by id`);
  const read = (row: unknown) => JSON.parse((row as { intent: string }).intent) as Intent;
  return {
    find(id: string): Intent | undefined {
      const row = one.get(id);
      return row && read(row);
    },

    save(intent: Intent): void {
      put.run(intent.id, JSON.stringify(intent));
    },

    list: ({ limit, after }: Page): Intent[] => page.all(after ?? '~', limit).map(read),

    /** Those whose money was reserved at least, oldest first; of one order or of all. */
    charged: (orderId?: string): Intent[] => charged.all(orderId ?? null).map(read),
  };
}
