import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@chandlery/database';
import { messagingMigrations } from '@chandlery/messaging';
import { logger } from '@chandlery/telemetry';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import { app } from '../../apps/sandbox/src/app.ts';
import { faults } from '../../apps/sandbox/src/faults.ts';
import { type Ledger, ledger } from '../../apps/sandbox/src/store/ledger.ts';
import { webhooks } from '../../apps/sandbox/src/webhooks.ts';
import type { DeadLetter } from './dead-letters.ts';
import { paid, refunded, rows } from './sound-shop.ts';
import { type DatabaseName, query } from './sources.ts';

const log = logger('audit', 'silent');

/** The sandbox itself, with a ledger of its own. */
async function outside() {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  const book = ledger(directory);
  const hooks = webhooks({ receiver: undefined, ledger: book, log });
  const http = app({ ledger: book, faults: faults(), webhooks: hooks, log });
  onTestFinished(async () => {
    await http.close();
    book.close();
    rmSync(directory, { recursive: true });
  });
  return { book, url: await http.listen({ host: '127.0.0.1', port: 0 }) };
}

const owners = { orders: 'order', payments: 'payment', notifications: 'notification', users: 'user' } as const;
const names = Object.keys(owners) as DatabaseName[];

function at(database: string): string {
  return Object.assign(new URL(inject('postgresUrl')), { pathname: `/${database}` }).href;
}

/** Every service's database, for this file alone. */
function databases(): Record<DatabaseName, string> {
  const prefix = `audit_${randomBytes(6).toString('hex')}`;
  beforeAll(async () => {
    for (const name of names) {
      await query(inject('postgresUrl'), `create database ${prefix}_${name}`);
      await migrate(at(`${prefix}_${name}`), [
        messagingMigrations,
        new URL(`../../apps/${owners[name]}/migrations/`, import.meta.url),
      ]);
    }
  });
  afterAll(async () => {
    for (const name of names) await query(inject('postgresUrl'), `drop database ${prefix}_${name} with (force)`);
  });
  return Object.fromEntries(names.map((name) => [name, at(`${prefix}_${name}`)])) as Record<DatabaseName, string>;
}

/** What the provider and the mail server are made to have taken. */
function taking(book: Ledger) {
  return {
    charge(orderId: string, amount: number, { refunded = 0, currency = 'eur' } = {}): void {
      const id = randomUUID();
      book.intents.save({
        id: `pi_${id}`,
        amount,
        currency,
        metadata: { orderId },
        status: 'succeeded',
        charge: { id: `ch_${id}`, amountCaptured: amount, amountRefunded: refunded },
        captureMethod: 'manual',
        paymentMethod: 'pm_card_visa',
        description: null,
        decline: null,
        createdAt: 0,
        canceledAt: null,
        cancellationReason: null,
      });
    },
    mail(orderId: string, messageId: string): void {
      const subject = `Your order ${orderId} is paid`;
      const raw = Buffer.from(`Subject: ${subject}\r\n\r\n`);
      book.mails.add({ id: randomUUID(), orderId, to: 'ann@example.com', subject, messageId, receivedAt: 0 }, raw);
    },
  };
}

export type TestShop = Awaited<ReturnType<ReturnType<typeof shopForTests>>>;

/** A shop at rest: real databases and a real ledger, sound in every way, to be damaged. */
export function shopForTests() {
  const urls = databases();
  /** `charges` are those of the paid order; `mails` is how often its mail was sent. */
  return async function givenShop({ charges = [1000], mails = 2 } = {}) {
    const { book, url: sandbox } = await outside();
    await Promise.all(names.map((name) => query(urls[name], rows[name])));
    const { charge, mail } = taking(book);
    for (const amount of charges) charge(paid, amount);
    charge(refunded, 1000, { refunded: 1000 });
    for (let sent = 0; sent < mails; sent++) mail(paid, '<1@chandlery.example>');
    const deadLetters: DeadLetter[] = [];
    return {
      sources: { databases: urls, sandbox, deadLetterTopics: async () => deadLetters },
      /** Changes rows behind a service's back. */
      change: (name: DatabaseName, statements: string) => query(urls[name], statements),
      charge,
      mail,
      deadLetters,
    };
  };
}
