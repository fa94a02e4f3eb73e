import { promises as dns } from 'node:dns';
import { setTimeout as delay } from 'node:timers/promises';
import { PaymentService } from '@chandlery/contracts/payment/v1/payment';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { client, grpcServer, implement } from './index.ts';

const here = '127.0.0.1';
/** A second address for the same port; macOS has no other of its own in 127/8. */
const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '::1';
const never = async () => {
  throw new Error('not expected');
};

/** A server that counts its calls. */
async function replica(host: string, port = 0) {
  const state = { served: 0 };
  const getPayment = async () => {
    await delay(5 * Math.random());
    state.served++;
    return { id: host };
  };
  const server = grpcServer({
    log: logger('test', 'silent'),
    verify: async (token) => ({ kind: 'service', id: token, token }),
    services: [implement(PaymentService, { charge: never, cancel: never, getPayment })],
  });
  const bound = await server.listen(port, host.includes(':') ? `[${host}]` : host);
  onTestFinished(() => server.stop());
  return { server, bound, state };
}

/** Calls without a pause and without any repeat of ours, until `end` tells what failed. */
function load(url: string) {
  const policy = { deadlineMs: 10_000, retry: false, breaker: false, bulkhead: 10_000 } as const;
  const payments = client(PaymentService, { url, identity: async () => 'order', policy });
  onTestFinished(() => payments.close());
  const failures: string[] = [];
  const call = () =>
    payments.getPayment({}).catch((error) => failures.push(`${error.message}: ${error.cause?.details}`));
  const calls: Promise<unknown>[] = [];
  const timer = setInterval(() => calls.push(call(), call()), 3);
  onTestFinished(() => clearInterval(timer));
  const end = async () => {
    clearInterval(timer);
    await Promise.all(calls);
    return failures;
  };
  return { end, begun: () => calls.length };
}

test('no call fails when the only server a client knows goes away, even if its name is slow to say who is new', async () => {
  let answer = [here];
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation((async () => {
    await delay(100);
    return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }) as never);
  onTestFinished(() => lookup.mockRestore());
  const old = await replica(here);
  const next = await replica(elsewhere, old.bound);
  const { end } = load(`payment-headless:${old.bound}`);
  await expect.poll(() => old.state.served).toBeGreaterThan(100);

  const before = lookup.mock.calls.length;
  old.server.drain();
  await expect.poll(() => lookup.mock.calls.length).toBeGreaterThan(before + 1); // the old answer, once more at least
  answer = [elsewhere];
  await expect.poll(() => next.state.served).toBeGreaterThan(100);
  await old.server.stop();
  const soFar = next.state.served;
  await expect.poll(() => next.state.served).toBeGreaterThan(soFar + 100);

  expect(await end()).toEqual([]);
});

test('a call that crosses with the sending away is made again by itself', async () => {
  const { server, bound, state } = await replica(here);
  const { end, begun } = load(`${here}:${bound}`);
  for (let times = 1; times <= 20; times++) {
    await expect.poll(() => state.served, { interval: 10 }).toBeGreaterThan(times * 20);
    server.drain();
  }
  expect(await end()).toEqual([]);
  expect(state.served).toBe(begun());
});
