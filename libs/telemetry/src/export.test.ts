import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { tracing } from './spans-for-tests.ts';
import { span } from './traces.ts';

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: { name: string; traceId: string }[] }[];
  }[];
}

/** A real OTLP/HTTP receiver. */
async function collector(answer = (response: ServerResponse): unknown => response.end('{}')) {
  const received: { path: string | undefined; service: string | undefined; spans: string[] }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const { resourceSpans } = (await json(request)) as Export;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
      const names = scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name));
      received.push({ path: request.url, service, spans: names });
    }
    answer(response.setHeader('content-type', 'application/json'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const nothing = async () => undefined;

test('the last spans leave when tracing stops', async () => {
  const { url: endpoint, received } = await collector();
  const { stop } = await tracing({ endpoint, delayMs: 60_000 });
  await span('outer', {}, () => span('inner', {}, nothing));
  expect(received).toEqual([]);
  await stop();
  expect(received).toEqual([{ path: '/v1/traces', service: 'order', spans: ['inner', 'outer'] }]);
});

test('spans leave by themselves after the delay', async () => {
  const { url: endpoint, received } = await collector();
  const { stop } = await tracing({ endpoint, delayMs: 1 });
  await span('work', {}, nothing);
  await expect.poll(() => received.flatMap(({ spans }) => spans), { timeout: 4_500 }).toEqual(['work']);
  await stop();
});

test.each(['/otlp', '/otlp/'])('a collector may be under a path: %s', async (path) => {
  const { url, received } = await collector();
  const { stop } = await tracing({ endpoint: `${url}${path}` });
  await span('work', {}, nothing);
  await stop();
  expect(received[0]?.path).toBe('/otlp/v1/traces');
});

test('of the traces begun here a share is taken, of others what their caller decided', async () => {
  const { url: endpoint, received } = await collector();
  const { stop } = await tracing({ endpoint, ratio: 0 });
  const parent = (flags: string) => `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
  await span('ours', {}, nothing);
  await span('taken', { parent: parent('01') }, nothing);
  await span('not taken', { parent: parent('00') }, nothing);
  await stop();
  expect(received.flatMap(({ spans }) => spans)).toEqual(['taken']);
});

test('a collector that does not answer holds up no one’s end for long', async () => {
  const { url: endpoint, received } = await collector(nothing);
  const { stop } = await tracing({ endpoint });
  await span('work', {}, nothing);
  const before = performance.now();
  await expect(stop()).rejects.toThrow('the collector did not take the last spans in time');
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(received).toHaveLength(1);
});
