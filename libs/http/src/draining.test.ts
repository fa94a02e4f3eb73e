import { once } from 'node:events';
import { connect } from 'node:net';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { drain, httpServer } from './index.ts';

/** A server whose answers at /slow and whose close() wait for `release`, and a connection to it that stays open if the server lets it. */
async function given() {
  const app = httpServer({ log: logger('test', 'silent') });
  const [asked, closing, released] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as Events;
  app.get('/fast', async () => 'served');
  app.get('/slow', async () => {
    asked.resolve();
    await released.promise;
    return 'served';
  });
  app.addHook('preClose', async () => {
    closing.resolve();
    await released.promise;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes;
  });
  onTestFinished(async () => {
    released.resolve();
    await app.close();
  });
  const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const answers = () => heard.match(/HTTP\/1\.1 \d+|connection: [\w-]+/gi)?.map((line) => line.toLowerCase());
  return { app, ask, answers, asked, closing, released, ended: () => once(socket, 'end') };
}
type Event = PromiseWithResolvers<void>;
type Events = [Event, Event, Event];

test('connections are kept alive, until the drain: then each is ended by its next answer', async () => {
  const { app, ask, answers, ended } = await given();
  ask('/fast');
  await expect.poll(answers).toEqual(['http/1.1 200', 'connection: keep-alive']);
  drain(app);
  ask('/nothing');
  await ended();
  expect(answers()?.slice(2)).toEqual(['http/1.1 404', 'connection: close']);
});

test('an answer that is given while the server closes ends its connection', async () => {
  const { app, ask, answers, asked, closing, released, ended } = await given();
  ask('/slow');
  await asked.promise;
  const closed = app.close();
  await closing.promise;
  released.resolve();
  await ended();
  expect(answers()).toEqual(['http/1.1 200', 'connection: close']);
  await closed;
});

test('a request that comes while the server closes is served', async () => {
  const { app, ask, answers, closing, ended } = await given();
  ask('/fast');
  await expect.poll(answers).toHaveLength(2);
  void app.close();
  await closing.promise;
  ask('/fast');
  await ended();
  expect(answers()?.slice(2)).toEqual(['http/1.1 200', 'connection: close']);
});
