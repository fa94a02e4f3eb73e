import { once } from 'node:events';
import { constants, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { OrderService, OrderStatus } from '@chandlery/contracts/order/v1/order';
import { type Payment, PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { Failure } from '@chandlery/errors';
import { markRepeated, Rejected, remainingMs, setDefence, withDeadline } from '@chandlery/resilience';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { client, grpcServer, implement, type Methods } from './index.ts';

type Payments = Methods<typeof PaymentService>;

const paid = { id: 'p1', orderId: 'o1', status: PaymentStatus.CAPTURED, amount: 500n, currency: 'EUR' };
const never = async () => {
  throw new Error('not expected');
};

async function given(methods: Partial<Payments>, port = 0) {
  const server = grpcServer({
    log: logger('test', 'silent'),
    verify: async (token) => {
      if (token === 'bad') throw new Failure('unauthenticated', 'not yours', { reason: 'token-invalid' });
      return { kind: 'service', id: token, token };
    },
    services: [implement(PaymentService, { charge: never, cancel: never, getPayment: never, ...methods })],
  });
  const bound = await server.listen(port, '127.0.0.1');
  const payments = client(PaymentService, { url: `127.0.0.1:${bound}`, identity: async () => 'order' });
  onTestFinished(async () => {
    payments.close();
    await server.stop();
  });
  return { payments, server, bound };
}

test('a call carries the request, the identity and the answer', async () => {
  const seen: unknown[] = [];
  const { payments } = await given({
    getPayment: async ({ orderId }, { identity }) => {
      seen.push([orderId, identity.id]);
      return paid;
    },
  });
  const answer: Payment = await payments.getPayment({ orderId: 'o1' });
  expect(answer).toMatchObject(paid);
  await payments.getPayment({ orderId: 'o2' }, { token: 'alice' });
  expect(seen).toEqual([
    ['o1', 'order'],
    ['o2', 'alice'],
  ]);
});

test('a failure keeps kind, reason, fields, data and delay', async () => {
  const failure = new Failure('unprocessable', 'too weak', {
    reason: 'weak-password',
    fields: [{ field: 'password', message: 'too short' }],
    data: { orderId: 'o1' },
    retryAfterMs: 1500,
  });
  const { payments } = await given({
    charge: async () => {
      throw failure;
    },
  });
  const got = (await payments.charge({}).catch((error) => error)) as Failure;
  expect(got).toBeInstanceOf(Failure);
  const { kind, message, reason, fields, data, retryAfterMs } = failure;
  expect({ ...got, message: got.message }).toMatchObject({ kind, message, reason, fields, data, retryAfterMs });
});

test('a bug says nothing of its inside', async () => {
  const { payments } = await given({
    getPayment: async () => {
      throw new Error('password=hunter2');
    },
  });
  const error = await payments.getPayment({}).catch((thrown) => thrown);
  expect(error).not.toBeInstanceOf(Failure);
  expect(JSON.stringify([error.message, error.cause?.details, error.cause?.message])).not.toContain('hunter2');
});

test('a call without a good token is refused', async () => {
  const { payments } = await given({ getPayment: async () => paid });
  await expect(payments.getPayment({}, { token: 'bad' })).rejects.toMatchObject({ kind: 'unauthenticated' });
});

test('what is transient is repeated where the .proto allows it', async () => {
  let calls = 0;
  const { payments } = await given({
    getPayment: async () => {
      if (++calls < 3) throw new Failure('unavailable', 'not now');
      return paid;
    },
  });
  expect(await payments.getPayment({})).toMatchObject({ id: 'p1' });
  expect(calls).toBe(3);
});

test('what will not heal is not repeated', async () => {
  let calls = 0;
  const { payments } = await given({
    getPayment: async () => {
      calls++;
      throw new Failure('not_found', 'no such order');
    },
  });
  await expect(payments.getPayment({})).rejects.toMatchObject({ kind: 'not_found' });
  expect(calls).toBe(1);
});

test('the deadline travels, and the peer stops when it has passed', async () => {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const { payments } = await given({
    getPayment: async (_, { signal }) => {
      await once(signal, 'abort');
      resolve();
      return paid;
    },
  });
  const call = withDeadline('test', 200, () => payments.getPayment({}));
  await expect(call).rejects.toMatchObject({ reason: 'deadline-exceeded' });
  await stopped;
});

test('a read ends with its caller, and a write goes on', async () => {
  const [write, read] = [Promise.withResolvers<AbortSignal>(), Promise.withResolvers<AbortSignal>()];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  onTestFinished(() => release());
  const { payments } = await given({
    charge: async (_, { signal }) => {
      write.resolve(signal);
      await released;
      return paid;
    },
    getPayment: async (_, { signal }) => {
      read.resolve(signal);
      await once(signal, 'abort');
      throw signal.reason;
    },
  });
  const caller = new AbortController();
  const calls = [() => payments.charge({}), () => payments.getPayment({})];
  const left = calls.map((call) => withDeadline('caller', 20_000, call, caller.signal).catch((error) => error));
  const [written, looked] = await Promise.all([write.promise, read.promise]);
  caller.abort(new Rejected('caller', 'cancelled'));
  for (const failure of await Promise.all(left))
    expect(failure).toMatchObject({ kind: 'unavailable', reason: 'cancelled' });
  // the news of both come by one connection, those of the write first
  await expect.poll(() => looked.aborted).toBe(true);
  expect(looked.reason).toMatchObject({ reason: 'cancelled' });
  expect(written.aborted).toBe(false);
});

test('without its propagation a deadline ends the wait, but not the work', async () => {
  setDefence('deadline-propagation', false);
  onTestFinished(() => setDefence('deadline-propagation', true));
  const { promise: done, resolve } = Promise.withResolvers<{ left: number; stopped: boolean }>();
  const { payments } = await given({
    getPayment: async (_, { signal }) => {
      const left = remainingMs();
      await delay(200);
      resolve({ left, stopped: signal.aborted });
      return paid;
    },
  });
  const call = withDeadline('test', 100, () => payments.getPayment({}));
  await expect(call).rejects.toMatchObject({ reason: 'deadline-exceeded' });
  const { left, stopped } = await done;
  expect(left).toBeGreaterThan(1_000);
  expect(left).toBeLessThan(60_000);
  expect(stopped).toBe(false);
});

test('what a peer has repeated in vain is not repeated', async () => {
  let calls = 0;
  const { payments } = await given({
    getPayment: async () => {
      calls++;
      const cause = markRepeated(new Error('the provider is away'));
      throw new Failure('unavailable', 'not now', { cause });
    },
  });
  await expect(payments.getPayment({})).rejects.toMatchObject({ kind: 'unavailable' });
  expect(calls).toBe(1);
});

test('reads go on while writes fail', async () => {
  const { payments } = await given({
    charge: async () => {
      throw new Failure('unavailable', 'read only');
    },
    getPayment: async () => paid,
  });
  await Promise.allSettled(Array.from({ length: 30 }, () => payments.charge({})));
  await expect(payments.charge({})).rejects.toMatchObject({ reason: 'breaker-open' });
  expect(await payments.getPayment({})).toMatchObject({ id: 'p1' });
});

test('a peer that is not there fails at once, and is found when it comes', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  blocker.close();
  await once(blocker, 'close');
  const payments = client(PaymentService, { url: `127.0.0.1:${port}`, identity: async () => 'order' });
  onTestFinished(() => payments.close());
  await expect(payments.getPayment({})).rejects.toMatchObject({ kind: 'unavailable' });
  await given({ getPayment: async () => paid }, port);
  await expect
    .poll(
      () =>
        payments.getPayment({}).then(
          (payment) => payment.id,
          () => 'away',
        ),
      { timeout: 10_000 },
    )
    .toBe('p1');
});

test('a connection that the peer ends with an error is no bug of the call', async () => {
  const server = createHttp2Server();
  server.on('stream', ({ session }) => session?.goaway(constants.NGHTTP2_INTERNAL_ERROR));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const payments = client(PaymentService, { url: `127.0.0.1:${port}`, identity: async () => 'order' });
  onTestFinished(() => {
    payments.close();
    server.close();
  });
  await expect(payments.charge({})).rejects.toMatchObject({ kind: 'unavailable' });
});

test('stopping waits for calls in flight', async () => {
  const { promise: entered, resolve } = Promise.withResolvers<void>();
  const { payments, server } = await given({
    getPayment: async () => {
      resolve();
      await delay(50);
      return paid;
    },
  });
  const call = payments.getPayment({});
  await entered;
  await server.stop();
  expect(await call).toMatchObject({ id: 'p1' });
});

async function givenStream(watchOrder: Methods<typeof OrderService>['watchOrder']) {
  const server = grpcServer({
    log: logger('test', 'silent'),
    verify: async (token) => ({ kind: 'service', id: token, token }),
    services: [
      implement(OrderService, {
        placeOrder: never,
        getOrder: never,
        listOrders: never,
        cancelOrder: never,
        watchOrder,
      }),
    ],
  });
  const port = await server.listen(0, '127.0.0.1');
  const orders = client(OrderService, { url: `127.0.0.1:${port}`, identity: async () => 'gateway' });
  onTestFinished(async () => {
    orders.close();
    await server.stop();
  });
  return orders;
}

test('a stream yields as it happens, and ends when the caller leaves', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const orders = await givenStream(async function* (_, { signal }) {
    for (let sequence = 1n; !signal.aborted; sequence++) {
      yield { sequence, type: 'order.created', status: OrderStatus.PENDING };
      await delay(5);
    }
    resolve();
  });
  const seen: bigint[] = [];
  for await (const { sequence } of orders.watchOrder({ id: 'o1' })) if (seen.push(sequence) === 3) break;
  expect(seen).toEqual([1n, 2n, 3n]);
  await ended;
});

test('a stream that is refused says why', async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first step
  const orders = await givenStream(async function* () {
    throw new Failure('not_found', 'no such order', { reason: 'not-yours' });
  });
  const first = orders.watchOrder({ id: 'o1' })[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ kind: 'not_found', reason: 'not-yours' });
});
