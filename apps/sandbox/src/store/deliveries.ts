import type { DatabaseSync } from 'node:sqlite';

/** An event on its way to the receiver of webhooks. */
export interface Delivery {
  eventId: string;
  body: string;
  attempts: number;
}

export function deliveryStore(db: DatabaseSync) {
  const put = db.prepare('insert into deliveries (event_id, body, next_at) values (?, ?, ?)');
  const due = db.prepare(`
    select event_id as eventId, body, attempts from deliveries
    where next_at <= ? order by next_at, event_id limit ?`);
  const next = db.prepare('select min(next_at) as nextAt from deliveries');
  const later = db.prepare('update deliveries set attempts = attempts + 1, next_at = ? where event_id = ?');
  const done = db.prepare('delete from deliveries where event_id = ?');
  return {
    add(eventId: string, body: string, now: number): void {
      put.run(eventId, body, now);
    },

    due: (now: number, limit: number) => due.all(now, limit) as unknown as Delivery[],

    /** When the next one is due; undefined when there is none. */
    nextAt: () => (next.get() as { nextAt: number | null }).nextAt ?? undefined,

    postpone(eventId: string, until: number): void {
      later.run(until, eventId);
    },

    done(eventId: string): void {
      done.run(eventId);
    },
  };
}
