import { newKey, ownIdentity, publicKeys, signer, verifier } from '@chandlery/auth';
import { NotificationService } from '@chandlery/contracts/notification/v1/notification';
import { database } from '@chandlery/database';
import { client, grpcServer, implement } from '@chandlery/grpc';
import { logger } from '@chandlery/telemetry';
import { testDatabase } from '@chandlery/testing';
import { v7 } from 'uuid';
import { expect, onTestFinished, test } from 'vitest';
import { mailStore } from '../store/mails.ts';
import { recipientStore } from '../store/recipients.ts';
import type { Tables } from '../store/tables.ts';
import { notificationService } from './notifications.ts';

/** The service over real gRPC with real tokens, as the gateway sees it. */
async function given() {
  const db = database<Tables>(await testDatabase([new URL('../../migrations/', import.meta.url)]));
  const [users, gateway] = [signer(`{"keys":[${newKey('2026-11')}]}`), newKey('gateway')];
  const verify = verifier({ userKeys: users.jwks(), serviceKeys: publicKeys(gateway) });
  const log = logger('notification', 'silent');
  const server = grpcServer({
    log,
    verify,
    services: [implement(NotificationService, notificationService(mailStore(db)))],
  });
  const url = `127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  const notifications = client(NotificationService, { url, identity: ownIdentity('gateway', gateway) });
  onTestFinished(async () => {
    notifications.close();
    await server.stop();
    await db.destroy();
  });
  const mails = mailStore(db);
  return {
    mails,
    recipients: recipientStore(db),
    list: async (orderId: string, userId?: string) =>
      notifications.listNotifications(
        { orderId },
        userId ? { token: await users.sign({ userId, sessionId: v7() }) } : {},
      ),
    queue: async (order: { orderId: string; userId: string }, template: 'order-paid' | 'order-cancelled') =>
      mails.queue({ ...order, eventId: v7(), template, subject: '', body: '', traceparent: undefined }),
  };
}

const order = () => ({ orderId: v7(), userId: v7() });

test('a user sees the mails of an order, oldest first, and when they were sent', async () => {
  const { list, queue, mails, recipients } = await given();
  const mine = order();
  await queue(mine, 'order-paid');
  await queue(order(), 'order-paid');
  await recipients.keep({ userId: mine.userId, email: 'ada@example.org', name: 'Ada', at: new Date() });
  const [leased] = await mails.lease(10, 60_000);
  await mails.sent(leased!, '<id@chandlery.example>');
  await queue(mine, 'order-cancelled');
  const { notifications } = await list(mine.orderId, mine.userId);
  expect(notifications).toMatchObject([
    { template: 'order-paid', status: 'sent' },
    { template: 'order-cancelled', status: 'queued' },
  ]);
  expect(Math.abs(Number(notifications[0]?.sentAt?.seconds) - Date.now() / 1000)).toBeLessThan(60);
  expect(notifications[1]?.sentAt).toBeUndefined();
});

test("somebody else's order has no mails", async () => {
  const { list, queue } = await given();
  const theirs = order();
  await queue(theirs, 'order-paid');
  expect((await list(theirs.orderId, v7())).notifications).toEqual([]);
});

test('a service may not read mails in its own name', async () => {
  const { list, queue } = await given();
  const theirs = order();
  await queue(theirs, 'order-paid');
  await expect(list(theirs.orderId)).rejects.toMatchObject({ kind: 'forbidden' });
});

test('an order id that is none is refused by name', async () => {
  const { list } = await given();
  const refusal = { kind: 'invalid', fields: [{ field: 'orderId', message: 'must be a UUID' }] };
  await expect(list('1; drop table mails', v7())).rejects.toMatchObject(refusal);
});
