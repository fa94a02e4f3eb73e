import type { AddressInfo } from 'node:net';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { httpServer } from './index.ts';

/** A server that holds its answers until `release`; reading can be shed, and /forever is not counted. */
function given() {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let entered = 0;
  const app = httpServer({
    log: logger('test', 'silent'),
    shed: ({ method, url }) => (url === '/forever' ? undefined : method === 'GET' ? 'sheddable' : 'critical'),
  });
  const handler = async () => {
    entered++;
    await released;
    return 'served';
  };
  for (const url of ['/work', '/forever']) app.route({ method: ['GET', 'POST'], url, handler });
  onTestFinished(async () => {
    release();
    await app.close();
  });
  const ask = (count: number, method: 'GET' | 'POST', url = '/work') =>
    Promise.all(Array.from({ length: count }, () => app.inject({ method, url })));
  return { ask, release, entered: () => entered };
}

test('when there is too much to do, requests get 503 and a Retry-After by priority, at once, and no place is lost', async () => {
  const { ask, release, entered } = given();
  const streams = ask(100, 'GET', '/forever');
  const reads = ask(60, 'GET');
  await expect.poll(entered).toBe(160);
  const before = process.cpuUsage();
  const refused = await ask(100, 'GET');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000 / refused.length).toBeLessThan(5);
  for (const answer of refused) expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
  expect(refused[0]?.json()).toMatchObject({ type: 'urn:chandlery:problem:overloaded' });
  const writes = ask(20, 'POST');
  await expect.poll(entered).toBe(180);
  expect((await ask(1, 'POST'))[0]?.statusCode).toBe(503);
  release();
  for (const answer of await Promise.all([streams, reads, writes]).then((all) => all.flat()))
    expect(answer.statusCode).toBe(200);
  for (const answer of await ask(10, 'GET')) expect(answer.statusCode).toBe(200);
});

test('who leaves while somebody looks at the credentials gives the place back, and who is refused is not looked at', async () => {
  const app = httpServer({ log: logger('test', 'silent'), shed: () => 'critical' });
  const { promise: checked, resolve: check } = Promise.withResolvers<void>();
  let looks = 0;
  let gone = 0;
  app.addHook('onRequest', async (_, reply) => {
    looks++;
    reply.raw.once('close', () => gone++);
    await checked;
  });
  app.get('/', async () => 'served');
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
  const leaving = new AbortController();
  const visitors = Array.from({ length: 80 }, () => fetch(url, { signal: leaving.signal }).catch(() => undefined));
  await expect.poll(() => looks, { interval: 10 }).toBe(80);
  expect((await fetch(url)).status).toBe(503);
  expect(looks).toBe(80);
  leaving.abort();
  await Promise.all(visitors);
  await expect.poll(() => gone, { interval: 10 }).toBe(80);
  check();
  expect((await fetch(url)).status).toBe(200);
});
