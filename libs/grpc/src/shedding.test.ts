import { type Payment, PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { Failure } from '@chandlery/errors';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { client, grpcServer, implement, type Methods } from './index.ts';

const paid = { id: 'p1', orderId: 'o1', status: PaymentStatus.CAPTURED, amount: 500n, currency: 'EUR' };

/** A server that holds what is asked of it until `release`, and refuses charges last and looks first. */
async function given(methods: Partial<Methods<typeof PaymentService>> = {}) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let entered = 0;
  const held = async () => {
    entered++;
    await released;
    return paid;
  };
  const server = grpcServer({
    log: logger('test', 'silent'),
    verify: async (token) => ({ kind: 'service', id: token, token }),
    services: [implement(PaymentService, { charge: held, cancel: held, getPayment: held, ...methods })],
    priorities: { charge: 'critical', getPayment: 'sheddable' },
  });
  const port = await server.listen(0, '127.0.0.1');
  const policy = { deadlineMs: 20_000, bulkhead: 1_000, retry: false } as const;
  const payments = client(PaymentService, { url: `127.0.0.1:${port}`, identity: async () => 'order', policy });
  onTestFinished(async () => {
    release();
    payments.close();
    await server.stop();
  });
  return { payments, release, entered: () => entered };
}

const times = (count: number, call: () => Promise<Payment>) => Array.from({ length: count }, call);
const refused = { kind: 'unavailable', reason: 'overloaded', retryAfterMs: 1_000, cause: { code: 8 } };

test('when there is too much to do, calls are refused by priority, at once, and let in again when others have ended', async () => {
  const { payments, release, entered } = await given();
  const looks = times(60, () => payments.getPayment({}));
  await expect.poll(entered).toBe(60);
  const began = performance.now();
  await expect(payments.getPayment({})).rejects.toMatchObject(refused);
  expect(performance.now() - began).toBeLessThan(1_000);
  const cancels = times(12, () => payments.cancel({}));
  await expect.poll(entered).toBe(72);
  await expect(payments.cancel({})).rejects.toMatchObject(refused);
  const charges = times(8, () => payments.charge({}));
  await expect.poll(entered).toBe(80);
  await expect(payments.charge({})).rejects.toMatchObject(refused);
  release();
  await Promise.all([...looks, ...cancels, ...charges]);
  expect(await payments.getPayment({})).toMatchObject({ id: 'p1' });
});

test('a call that is refused for its own mistake leaves as well', async () => {
  const wrong = async () => {
    throw new Failure('invalid', 'no');
  };
  const { payments } = await given({ getPayment: wrong });
  for (let call = 0; call < 150; call++)
    await expect(payments.getPayment({})).rejects.toMatchObject({ kind: 'invalid' });
});

test('a priority for a method that is not there is a mistake', async () => {
  const verify = async () => Promise.reject(new Error());
  const options = { log: logger('test', 'silent'), verify, services: [], priorities: { charge: 'critical' as const } };
  expect(() => grpcServer(options)).toThrow('there is no method charge');
});
