import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { answerStore } from './answers.ts';
import { deliveryStore } from './deliveries.ts';
import { intentStore } from './intents.ts';
import { mailStore } from './mails.ts';
import { refundStore } from './refunds.ts';

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table if not exists intents (
    id text primary key,
    intent text not null,
    order_id text generated always as (intent ->> '$.metadata.orderId')
  ) strict, without rowid;
  create table if not exists refunds (
    id text primary key,
    refund text not null,
    intent_id text generated always as (refund ->> '$.intentId')
  ) strict, without rowid;
  create table if not exists answers (
    key text primary key,
    path text not null,
    parameters text not null,
    status integer not null,
    body text not null,
    kept_at integer not null
  ) strict;
  create index if not exists answers_by_age on answers (kept_at);
  create table if not exists deliveries (
    event_id text primary key,
    body text not null,
    attempts integer not null default 0,
    next_at integer not null
  ) strict;
  create index if not exists deliveries_by_time on deliveries (next_at);
  create table if not exists mails (
    id text primary key,
    order_id text,
    recipients text not null,
    subject text not null,
    message_id text not null,
    received_at integer not null,
    raw blob not null
  ) strict;
`;

export type Ledger = ReturnType<typeof ledger>;

/** All that must outlive this process, in one file. What has been answered was on the disk before. */
export function ledger(directory: string) {
  mkdirSync(directory, { recursive: true });
  const db = new DatabaseSync(join(directory, 'ledger.sqlite'));
  db.exec(schema);
  return {
    intents: intentStore(db),
    refunds: refundStore(db),
    answers: answerStore(db),
    deliveries: deliveryStore(db),
    mails: mailStore(db),

    /** All that `work` writes, or nothing of it. It is synchronous, so one transaction can't see half of another. */
    transaction<T>(work: () => T): T {
      db.exec('begin immediate');
      try {
        const result = work();
        db.exec('commit');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('rollback');
        throw error;
      }
    },

    close: () => db.close(),
  };
}
