import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { counter, gauge, registry } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { type HealthOptions, health } from './index.ts';

/** The probes on a port of their own. */
async function given(options: HealthOptions = {}) {
  const probes = health(options);
  const url = `http://127.0.0.1:${await probes.listen(0, '127.0.0.1')}`;
  onTestFinished(() => probes.close());
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(url + path, { method });
    const body = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), body };
  };
  const ask = async (path: string) => JSON.parse((await get(path)).body);
  const answers = () => Promise.all(['/healthz', '/startup', '/ready'].map(async (path) => (await get(path)).status));
  return { probes, url, get, ask, answers };
}

test('a service that starts is alive, and neither started nor ready', async () => {
  const { ask, answers } = await given();
  expect(await answers()).toEqual([200, 503, 503]);
  expect(await ask('/startup')).toMatchObject({ state: 'starting' });
});

test('a service that has started is all three', async () => {
  const { probes, answers } = await given();
  probes.started();
  expect(await answers()).toEqual([200, 200, 200]);
});

test('a service that drains is alive and not ready, for good', async () => {
  const { probes, ask, answers } = await given();
  probes.started();
  probes.drain();
  expect(await answers()).toEqual([200, 200, 503]);
  probes.started();
  expect(await ask('/ready')).toMatchObject({ status: 'unavailable', state: 'draining' });
});

test('a service that is told to drain before it has started never becomes ready', async () => {
  const { probes, ask } = await given();
  probes.drain();
  probes.started();
  expect((await probes.ready()).ready).toBe(false);
  expect(await ask('/ready')).toMatchObject({ status: 'unavailable', state: 'draining' });
});

test.each([
  ['says no', () => false],
  ['says no later', async () => false],
  ['rejects', () => Promise.reject(new Error('connection refused'))],
  [
    'throws',
    () => {
      throw new Error('no pool');
    },
  ],
])('a service is not ready while what it requires %s, and is again after that', async (_, no) => {
  let there = true;
  const { probes, ask, answers } = await given({ required: { database: () => (there ? true : no()) } });
  probes.started();
  expect(await ask('/ready')).toMatchObject({ status: 'ok', checks: { database: 'ok' } });
  there = false;
  expect(await ask('/ready')).toMatchObject({ status: 'unavailable', checks: { database: 'away' } });
  expect(await answers()).toEqual([200, 200, 503]);
  there = true;
  expect(await answers()).toEqual([200, 200, 200]);
});

test('what a service can do without is told, and changes nothing', async () => {
  const { probes, ask, get } = await given({ required: { database: () => true }, optional: { redis: () => false } });
  probes.started();
  expect(await ask('/ready')).toMatchObject({ status: 'ok', checks: { database: 'ok', redis: 'away' } });
  expect((await get('/ready')).status).toBe(200);
});

test('checks that hang count as away, all at the same time', async () => {
  const hang = () => new Promise<boolean>(() => undefined);
  const required = { database: hang, schema: hang, disk: hang };
  const { probes } = await given({ required, optional: { redis: hang, broker: hang } });
  probes.started();
  const before = performance.now();
  const { ready, checks } = await probes.ready();
  expect(performance.now() - before).toBeLessThan(4_000);
  expect(ready).toBe(false);
  expect(checks).toEqual({ database: 'away', schema: 'away', disk: 'away', redis: 'away', broker: 'away' });
});

test('a part that does not move any more is named, and asks for a restart', async () => {
  let moving = true;
  const { ask } = await given({ alive: { consumer: () => moving, relay: () => true } });
  expect(await ask('/healthz')).toMatchObject({ status: 'ok', stuck: [] });
  moving = false;
  expect(await ask('/healthz')).toMatchObject({ status: 'unavailable', stuck: ['consumer'] });
});

test('the metrics are a page for Prometheus', async () => {
  onTestFinished(() => registry.clear());
  counter('orders_total', 'Orders').inc(3);
  const { get } = await given();
  const { status, type, body } = await get('/metrics');
  expect(status).toBe(200);
  expect(type).toContain('text/plain; version=0.0.4');
  expect(body).toContain('# TYPE orders_total counter\norders_total 3\n');
});

test('a metric that cannot be collected is an error of its scrape alone', async () => {
  onTestFinished(() => registry.clear());
  gauge('outbox_pending', 'Events', [], () => Promise.reject(new Error('connection refused')));
  const { get } = await given({
    alive: {
      consumer: () => {
        throw new Error('no subscription');
      },
    },
  });
  expect(await get('/metrics')).toMatchObject({ status: 500, body: '' });
  expect(await get('/healthz')).toMatchObject({ status: 500, body: '' });
  expect((await get('/startup')).status).toBe(503);
});

test('there is nothing else', async () => {
  const { get } = await given();
  for (const path of ['/', '/health', '/ready/', '/constructor']) expect((await get(path)).status).toBe(404);
});

test('a query changes nothing, and HEAD has no body', async () => {
  const { probes, url, get } = await given();
  probes.started();
  expect((await get('/ready?verbose=1')).status).toBe(200);
  expect(await get('/ready', 'HEAD')).toMatchObject({ status: 200, body: '' });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).end('HEAD /startup HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^{]*\r\n\r\n$/);
});

test('a port that is taken is an error', async () => {
  const { url } = await given();
  const second = health({});
  await expect(second.listen(Number(new URL(url).port), '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await second.close();
});

test('closing waits for nobody who asks', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const hang = () => {
    resolve();
    return new Promise<boolean>(() => undefined);
  };
  const probes = health({ required: { database: hang } });
  const socket = connect(await probes.listen(0, '127.0.0.1'), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /ready HTTP/1.1\r\nHost: x\r\n\r\n');
  const answer = text(socket).catch(() => '');
  await asked;
  await probes.close();
  expect(await answer).toBe('');
});
