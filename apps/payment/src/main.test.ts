import type { ChildProcess } from 'node:child_process';
import { newKey, ownIdentity, publicKeys } from '@chandlery/auth';
import { PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { database } from '@chandlery/database';
import { client } from '@chandlery/grpc';
import { testDatabase } from '@chandlery/testing';
import { freePort } from '@chandlery/testing/postgres';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from './migrations.ts';
import { aCharge } from './payment-for-tests.ts';
import { end, sandbox, start } from './processes-for-tests.ts';
import { paymentStore } from './store/payments.ts';
import type { Tables } from './store/tables.ts';

const { url, charges, ail, heal } = await sandbox();
const orderKey = newKey('order');

/** The service as a process that can be killed and started again, and its caller. */
async function service() {
  const grpcPort = await freePort();
  const env = {
    GRPC_PORT: String(grpcPort),
    HTTP_PORT: String(await freePort()),
    DATABASE_URL: await testDatabase(migrations),
    BUS_URL: await testDatabase(),
    USER_JWKS_URL: 'http://127.0.0.1:9/.well-known/jwks.json',
    SERVICE_PUBLIC_KEYS: publicKeys(orderKey),
    STRIPE_API_KEY: 'sk_test_sandbox',
    STRIPE_HOST: url,
    STRIPE_WEBHOOK_SECRET: 'whsec_test',
    LEASE_MS: '1500',
    RECOVERY_INTERVAL_MS: '100',
  };
  let child: ChildProcess = await start('payment', env);
  const identity = ownIdentity('order', orderKey);
  const policy = { deadlineMs: 3_000, breaker: false } as const;
  const peer = client(PaymentService, { url: `127.0.0.1:${grpcPort}`, identity, policy });
  const db = database<Tables>(env.DATABASE_URL);
  onTestFinished(async () => {
    peer.close();
    await db.destroy();
    await end(child, 'SIGKILL');
  });
  return {
    ...peer,
    payments: paymentStore(db),
    stop: (signal: NodeJS.Signals) => end(child, signal),
    again: async () => {
      child = await start('payment', env);
    },
  };
}

const asked = () => ({ ...aCharge(), amount: 4_200n });
const failure = (error: unknown) => error;

test('a process that is killed while it charges leaves one charge, and its successor finishes it', async () => {
  const { charge, payments, stop, again } = await service();
  onTestFinished(async () => void (await heal()));
  const request = asked();
  const insist = () => charge(request).then(({ status }) => status, failure);
  for (const status of ['PENDING', 'AUTHORIZED'] as const) {
    await ail({ latencyMs: 1_000 });
    const reached = async () => {
      void insist();
      return payments.find(request.orderId);
    };
    await expect.poll(reached, { interval: 50, timeout: 15_000 }).toMatchObject({ status });
    await stop('SIGKILL');
    await heal();
    await again();
  }
  await expect.poll(insist, { timeout: 15_000 }).toBe(PaymentStatus.CAPTURED);
  expect(await charges(request.orderId)).toMatchObject([{ status: 'succeeded', amount: 4_200, amountRefunded: 0 }]);
});

test('a process that is killed while it cancels has a successor that finishes it unasked', async () => {
  const { charge, cancel, payments, stop, again } = await service();
  onTestFinished(async () => void (await heal()));
  const request = asked();
  await charge(request);
  await ail({ hangRate: 1 });
  const lost = cancel(request).catch(failure);
  await expect.poll(() => payments.get(request.orderId)).toMatchObject({ status: 'CAPTURED', cancelRequested: true });
  await stop('SIGKILL');
  expect(await lost).toMatchObject({ kind: 'unavailable' });
  await heal();
  await again();
  await expect.poll(() => payments.get(request.orderId), { timeout: 15_000 }).toMatchObject({ status: 'REFUNDED' });
  expect(await charges(request.orderId)).toMatchObject([{ amountRefunded: 4_200 }]);
  expect(await stop('SIGTERM')).toBe(0);
});
