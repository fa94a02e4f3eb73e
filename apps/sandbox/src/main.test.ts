import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@chandlery/testing/postgres';
import { createTransport } from 'nodemailer';
import Stripe from 'stripe';
import { expect, onTestFinished, test, vi } from 'vitest';

const [http, mail] = [await freePort(), await freePort()];

/** Starts the service as a process of its own and waits until it answers. */
async function start(directory: string) {
  const env = { HOST: '127.0.0.1', HTTP_PORT: `${http}`, SMTP_PORT: `${mail}`, DATA_DIR: directory };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...env, OPS_PORT: '0', DRAIN_DELAY_MS: '0', LOG_LEVEL: 'error' },
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await vi.waitFor(() => fetch(`http://127.0.0.1:${http}/sandbox/faults`), 20_000);
  return { child, exited };
}

const read = async (path: string) => (await (await fetch(`http://127.0.0.1:${http}/sandbox/${path}`)).json()) as object;

test('what was answered is still there after kill -9, and SIGTERM ends it in order even while a request hangs', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const stripe = new Stripe('sk_test_1', { host: '127.0.0.1', port: http, protocol: 'http', telemetry: false });
  const order = { amount: 900, currency: 'eur', payment_method: 'pm_card_visa', confirm: true };
  const charge = () => stripe.paymentIntents.create(order, { idempotencyKey: 'order-1' });

  const first = await start(directory);
  await createTransport({ host: '127.0.0.1', port: mail }).sendMail({ to: 'ann@example.com', subject: 'Paid' });
  const intent = await charge();
  first.child.kill('SIGKILL');
  await first.exited;

  const second = await start(directory);
  expect(await charge()).toEqual(intent);
  expect(await read('charges')).toMatchObject({ items: [{ id: intent.latest_charge, status: 'succeeded' }] });
  expect(await read('mails')).toMatchObject({ items: [{ to: 'ann@example.com', subject: 'Paid' }] });

  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ target: 'payments', hangRate: 1 });
  await fetch(`http://127.0.0.1:${http}/sandbox/faults`, { method: 'POST', headers, body });
  const options = { idempotencyKey: 'order-2', maxNetworkRetries: 0 };
  const two = [stripe.paymentIntents.create(order, options), stripe.paymentIntents.create(order, options)];
  const settled = Promise.allSettled(two);
  await expect(Promise.race(two)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
  second.child.kill('SIGTERM');
  expect(await second.exited).toEqual([0, null]);
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
