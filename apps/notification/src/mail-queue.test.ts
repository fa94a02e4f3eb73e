import { listener } from '@chandlery/database';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from './fixtures/eventually.ts';
import { mailServer } from './fixtures/mail-server.ts';
import { mailTables, worker } from './fixtures/queue.ts';
import { mailsChannel } from './store/mails.ts';

test('an event that is seen again asks for no second mail', async () => {
  const { queue, rows } = await mailTables();
  await queue({ eventId: (await queue()).eventId });
  expect(await rows()).toHaveLength(1);
});

test('a mail is sent when it is queued or its reader known, long before anyone polls', async () => {
  const { url, know, queue, mails, statuses } = await mailTables();
  const server = await mailServer();
  const { wake } = worker(mails, server.port, { pollMs: 3_600_000 });
  const heard = vi.fn(wake);
  const ears = listener({ url, channel: mailsChannel, log: logger('notification', 'silent'), heard });
  ears.start();
  onTestFinished(ears.stop);
  await eventually(() => heard).toHaveBeenCalled();
  await queue();
  await know();
  await eventually(statuses).toEqual(['sent']);
  await queue();
  await eventually(statuses).toEqual(['sent', 'sent']);
});

test('a mail waits until its reader is known', async () => {
  const { know, queue, mails, rows, statuses } = await mailTables();
  await queue();
  const lease = vi.spyOn(mails, 'lease');
  worker(mails, (await mailServer()).port);
  await eventually(() => lease.mock.calls.length).toBeGreaterThan(2);
  expect(await rows()).toMatchObject([{ status: 'queued', attempts: 0 }]);
  await know();
  await eventually(statuses).toEqual(['sent']);
});

test('two workers send each mail once', async () => {
  const { know, queue, mails, statuses } = await mailTables();
  await know();
  const events = await Promise.all(Array.from({ length: 60 }, () => queue()));
  const server = await mailServer();
  worker(mails, server.port, { concurrency: 3 });
  worker(mails, server.port, { concurrency: 3 });
  await eventually(statuses).toEqual(events.map(() => 'sent'));
  expect(server.given.map((mail) => mail.header('x-order-id')).sort()).toEqual(events.map((one) => one.orderId).sort());
});

test('a worker sends no more mails at a time than it may', async () => {
  const { know, queue, mails, statuses } = await mailTables();
  await Promise.all([know(), queue(), queue(), queue(), queue(), queue()]);
  const answer = Promise.withResolvers<void>();
  const server = await mailServer({ answer: () => answer.promise });
  const { wake } = worker(mails, server.port, { concurrency: 2 });
  await eventually(() => server.given.length).toBe(2);
  wake();
  answer.resolve();
  await eventually(statuses).toEqual(Array(5).fill('sent'));
  expect(server.load.most).toBe(2);
});

test('a mail that died with its worker is sent by another when the lease has ended', async () => {
  const { know, queue, mails, rows } = await mailTables();
  await know();
  await queue();
  expect(await mails.lease(1, 300)).toHaveLength(1);
  const server = await mailServer();
  worker(mails, server.port);
  expect(await mails.lease(1, 300)).toHaveLength(0);
  await eventually(rows).toMatchObject([{ status: 'sent', attempts: 2 }]);
});

test('who lost the lease cannot put a mail off or fail it', async () => {
  const { know, queue, mails, rows } = await mailTables();
  await know();
  await queue();
  const [late] = await mails.lease(1, 0);
  const [present] = await mails.lease(1, 5_000);
  await mails.fail(late!, 'too late');
  await mails.defer(late!, 0, 'too late');
  expect(await rows()).toMatchObject([
    { status: 'queued', attempts: 2, last_error: null, leased_until: expect.any(Date) },
  ]);
  await mails.fail(present!, 'in time');
  expect(await rows()).toMatchObject([{ status: 'failed', last_error: 'in time', leased_until: null }]);
});

test('a worker that is stopped finishes what it is sending, and takes no more', async () => {
  const { know, queue, mails, statuses } = await mailTables();
  await know();
  await queue();
  const answer = Promise.withResolvers<void>();
  const server = await mailServer({ answer: () => answer.promise });
  const { stop } = worker(mails, server.port);
  await eventually(() => server.given.length).toBe(1);
  const stopped = stop();
  await queue();
  answer.resolve();
  await stopped;
  expect(await statuses()).toEqual(['sent', 'queued']);
});

test('the age of the queue is that of its oldest mail, 0 when all are sent', async () => {
  const { know, queue, mails, statuses } = await mailTables();
  expect(await mails.ageSeconds()).toBe(0);
  await queue();
  expect(await mails.ageSeconds()).toBeGreaterThan(0);
  await know();
  worker(mails, (await mailServer()).port);
  await eventually(statuses).toEqual(['sent']);
  expect(await mails.ageSeconds()).toBe(0);
});
