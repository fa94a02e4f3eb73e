import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Rejected, setDefence, signal } from '@chandlery/resilience';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { httpServer } from './index.ts';

/** Sends a request whose client leaves while it is answered; the signal of the work for it. */
async function left(method: 'GET' | 'POST'): Promise<AbortSignal | undefined> {
  const app = httpServer({ log: logger('test', 'silent') });
  const [entered, closed] = [Promise.withResolvers<AbortSignal | undefined>(), Promise.withResolvers<void>()];
  const handler = async (_: unknown, reply: { raw: NodeJS.EventEmitter }) => {
    entered.resolve(signal());
    await once(reply.raw, 'close');
    closed.resolve();
  };
  app.route({ method, url: '/', handler });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const client = new AbortController();
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
  void fetch(url, { method, signal: client.signal }).catch(() => undefined);
  const work = await entered.promise;
  expect(work?.aborted).toBe(false);
  client.abort();
  await closed.promise;
  return work;
}

test('a read ends when its client leaves', async () => {
  const work = await left('GET');
  expect(work?.reason).toBeInstanceOf(Rejected);
  expect(work?.reason).toMatchObject({ reason: 'cancelled' });
});

test('a write goes on when its client leaves', async () => {
  expect((await left('POST'))?.aborted).toBe(false);
});

test('without the propagation of deadlines a read goes on too', async () => {
  setDefence('deadline-propagation', false);
  onTestFinished(() => setDefence('deadline-propagation', true));
  expect((await left('GET'))?.aborted).toBe(false);
});
