import type { DatabaseSync } from 'node:sqlite';

/** What was answered to a request, word for word. */
export interface Answer {
  status: number;
  body: string;
}

/** An answer with the request it belongs to. */
export interface KeptAnswer extends Answer {
  path: string;
  parameters: string;
}

const KEPT_MS = 24 * 60 * 60 * 1000;

export function answerStore(db: DatabaseSync) {
  const one = db.prepare('select path, parameters, status, body from answers where key = ? and kept_at > ?');
  const forget = db.prepare('delete from answers where kept_at <= ?');
  const put = db.prepare(
    'insert into answers (key, path, parameters, status, body, kept_at) values (?, ?, ?, ?, ?, ?)',
  );
  return {
    find: (key: string, now: number) => one.get(key, now - KEPT_MS) as KeptAnswer | undefined,

    /** Keeps the answer for 24 hours. */
    keep(key: string, { path, parameters, status, body }: KeptAnswer, now: number): void {
      forget.run(now - KEPT_MS);
      put.run(key, path, parameters, status, body, now);
    },
  };
}
