import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { spanStore, spansOf } from './spans.ts';
import { receiveTraces } from './traces.ts';

const traceId = 'a'.repeat(32);
const otlp = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'order' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: 'b'.repeat(16),
              parentSpanId: 'c'.repeat(16),
              name: 'mail send',
              kind: 3,
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000000012500000',
              attributes: [{ key: 'order.id', value: { stringValue: 'o1' } }],
              status: { code: 2 },
            },
          ],
        },
      ],
    },
  ],
};
const expected = {
  traceId,
  spanId: 'b'.repeat(16),
  parentSpanId: 'c'.repeat(16),
  service: 'order',
  name: 'mail send',
  kind: 'client',
  startMs: 1_700_000_000_000,
  durationMs: 12.5,
  attributes: { 'order.id': 'o1' },
  failed: true,
};

test('reads the spans of an export', () => {
  expect(spansOf(otlp)).toEqual([expected]);
});

test('keeps the newest traces', () => {
  const store = spanStore(2);
  const [span] = spansOf(otlp);
  for (const id of ['1', '2', '3']) store.add([{ ...span!, traceId: id }]);
  expect(['1', '2', '3'].map((id) => store.trace(id).length)).toEqual([0, 1, 1]);
});

async function collector() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(`${request.url} ${await text(request)}`);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test('an export can be read again by its trace, and goes on to the collector of the user', async () => {
  const { url, bodies } = await collector();
  const receiver = await receiveTraces(0, url);
  onTestFinished(() => receiver.stop());
  const sent = await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: JSON.stringify(otlp) });
  expect(sent.status).toBe(200);
  const answer = await fetch(`${receiver.url}/traces/${traceId}`);
  expect(await answer.json()).toEqual({ spans: [expected] });
  await expect.poll(() => bodies).toEqual([`/v1/traces ${JSON.stringify(otlp)}`]);
});

test('what is no export is refused', async () => {
  const receiver = await receiveTraces(0);
  onTestFinished(() => receiver.stop());
  const sent = await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: 'no json' });
  expect(sent.status).toBe(400);
});
