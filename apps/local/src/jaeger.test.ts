import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { jaegerTraces } from './jaeger.ts';

const traceId = 'a'.repeat(32);

/** As Jaeger 2.13 answered. */
const answers: Record<string, [number, string]> = {
  [`/api/v3/traces/${traceId}`]: [
    200,
    `{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[{"traceId":"${traceId}","spanId":"bbbbbbbbbbbbbbbb","parentSpanId":"cccccccccccccccc","name":"mail send","kind":3,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000012500000","attributes":[{"key":"n","value":{"intValue":"3"}}],"status":{"code":2}}]}]}]}}`,
  ],
};
const none: [number, string] = [404, '{"error":{"httpCode":404,"message":"No traces found"}}'];

async function jaeger() {
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? none;
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return jaegerTraces(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('reads the spans of a trace', async () => {
  const { spans } = await jaeger();
  expect(await spans(traceId)).toEqual([
    {
      traceId,
      spanId: 'b'.repeat(16),
      parentSpanId: 'c'.repeat(16),
      service: 'order',
      name: 'mail send',
      kind: 'client',
      startMs: 1_700_000_000_000,
      durationMs: 12.5,
      attributes: { n: '3' },
      failed: true,
    },
  ]);
});

test('a trace of which nothing has come in yet has no spans', async () => {
  const { spans } = await jaeger();
  expect(await spans('d'.repeat(32))).toEqual([]);
});
