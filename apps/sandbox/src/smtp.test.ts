import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { logger } from '@chandlery/telemetry';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test, vi } from 'vitest';
import { app } from './app.ts';
import { faults } from './faults.ts';
import { smtp } from './smtp.ts';
import { ledger } from './store/ledger.ts';
import { webhooks } from './webhooks.ts';

const log = logger('sandbox', 'silent');

async function given() {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const book = ledger(directory);
  const random = vi.fn(() => 0);
  const illness = faults({ random });
  const mail = smtp({ ledger: book, faults: illness, log });
  const hooks = webhooks({ receiver: undefined, ledger: book, log });
  const http = app({ ledger: book, faults: illness, webhooks: hooks, log });
  const port = await mail.listen(0, '127.0.0.1');
  const transport = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 1 });
  onTestFinished(async () => {
    transport.close();
    illness.clear();
    await mail.close();
    await http.close();
    book.close();
    rmSync(directory, { recursive: true });
  });
  const read = async (path: string) => (await http.inject(path)).json();
  return { transport, illness, random, read, book, directory };
}

const paid = {
  from: 'Chandlery <shop@chandlery.example>',
  to: 'Ann <ann@example.com>',
  bcc: 'audit@example.com',
  subject: 'Bestellung bezahlt: 3 × Schäkel',
  text: 'Vielen Dank für Ihre Bestellung.',
  messageId: '<order-1.paid@chandlery.example>',
  headers: { 'X-Order-Id': 'order-1' },
};

test('keeps a mail, and shows it in the list and whole', async () => {
  const { transport, read } = await given();
  const { response } = await transport.sendMail(paid);
  expect(response).toMatch(/^250 /);
  const listed = {
    to: 'ann@example.com, audit@example.com',
    subject: paid.subject,
    messageId: paid.messageId,
    orderId: 'order-1',
  };
  const { items } = await read('/sandbox/mails');
  expect(items).toEqual([{ ...listed, id: expect.any(String), receivedAt: expect.any(Number) }]);
  const whole = await read(`/sandbox/mails/${items[0].id}`);
  expect(whole).toMatchObject(listed);
  expect(whole.text.trim()).toBe(paid.text);
  expect(whole.headers).toContainEqual({ name: 'To', value: 'Ann <ann@example.com>' });
});

test('takes mails one after another over one connection, and finds those of an order', async () => {
  const { transport, read } = await given();
  for (let n = 0; n < 12; n += 1) {
    await transport.sendMail({ ...paid, messageId: `<${n}@x.example>`, headers: { 'X-Order-Id': `order-${n % 4}` } });
  }
  await transport.sendMail({ from: paid.from, to: paid.to, text: 'no order, no subject' });
  const { items } = await read('/sandbox/mails?orderId=order-3');
  expect(items.map(({ messageId }: { messageId: string }) => messageId)).toEqual(
    [3, 7, 11].map((n) => `<${n}@x.example>`),
  );
  const all = (await read('/sandbox/mails')).items;
  expect([all.length, all.at(-1)]).toMatchObject([13, { orderId: null, subject: '' }]);
});

test('a mail that was sent twice is there twice', async () => {
  const { transport, book } = await given();
  await transport.sendMail(paid);
  await transport.sendMail(paid);
  expect(book.mails.list().map(({ messageId }) => messageId)).toEqual([paid.messageId, paid.messageId]);
});

test('an error that was asked for is 451, and the mail is not kept', async () => {
  const { transport, illness, book } = await given();
  illness.set({ target: 'smtp', errorRate: 1 });
  await expect(transport.sendMail(paid)).rejects.toMatchObject({ responseCode: 451, command: 'DATA' });
  expect(book.mails.list()).toEqual([]);
  illness.clear();
  await transport.sendMail(paid);
});

test('a mail that cannot be kept is not accepted', async () => {
  const { transport, directory } = await given();
  const other = new DatabaseSync(join(directory, 'ledger.sqlite'));
  other.exec('begin immediate');
  await expect(transport.sendMail(paid)).rejects.toMatchObject({ responseCode: 451 });
  other.close();
  await transport.sendMail(paid);
});

test('a dropped answer leaves the sender without one, and the mail in the box', async () => {
  const { transport, illness, book } = await given();
  illness.set({ target: 'smtp', dropAnswerRate: 1 });
  const unanswered = await transport.sendMail(paid).catch((error) => error);
  expect(unanswered).toBeInstanceOf(Error);
  expect(unanswered).not.toHaveProperty('responseCode');
  expect(book.mails.list()).toMatchObject([{ messageId: paid.messageId }]);
});

test('a mail server that hangs keeps nothing, and lets go when the fault ends', async () => {
  const { transport, illness, random, book } = await given();
  illness.set({ target: 'smtp', hangRate: 1 });
  const outcome = transport.sendMail(paid).catch((error) => error);
  await vi.waitFor(() => expect(random).toHaveBeenCalledTimes(2), 5_000);
  illness.clear();
  expect(await outcome).toBeInstanceOf(Error);
  expect(book.mails.list()).toEqual([]);
});

test('a mail of more than 2 MiB is refused', async () => {
  const { transport, book } = await given();
  const large = { ...paid, attachments: [{ filename: 'chart.bin', content: Buffer.alloc(2 * 1024 * 1024) }] };
  await expect(transport.sendMail(large)).rejects.toMatchObject({ responseCode: 552 });
  expect(book.mails.list()).toEqual([]);
});
