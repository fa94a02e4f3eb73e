import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type OtlpTraces, type SpanStore, spanStore, spansOf } from './spans.ts';

const LIMIT = 20_000;

export interface TraceReceiver {
  url: string;
  spans: SpanStore;
  stop(): Promise<void>;
}

/** Hands an export on to the collector of whoever runs this; without an answer it is theirs to notice. */
function forwardTo(collector: string | undefined): (traces: unknown) => void {
  if (!collector) return () => undefined;
  const url = `${collector.replace(/\/$/, '')}/v1/traces`;
  const headers = { 'content-type': 'application/json' };
  return (traces) => {
    fetch(url, { method: 'POST', headers, body: JSON.stringify(traces), signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.body?.cancel(),
      () => undefined,
    );
  };
}

/**
 * A collector for OTLP/HTTP traces in JSON, in the launcher's own process: keeps the newest spans, tells them at `GET /traces/<trace id>`,
 * and passes everything on to `collector`, where there is one.
 */
export async function receiveTraces(port: number, collector?: string): Promise<TraceReceiver> {
  const spans = spanStore(LIMIT);
  const forward = forwardTo(collector);
  const answer = (response: ServerResponse, status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  async function handle(request: IncomingMessage, response: ServerResponse) {
    if (request.method === 'POST' && request.url === '/v1/traces') {
      const traces = (await json(request)) as OtlpTraces;
      spans.add(spansOf(traces));
      forward(traces);
      return answer(response, 200, {});
    }
    const [, traceId] = request.url?.match(/^\/traces\/([0-9a-f]{32})$/) ?? [];
    if (request.method === 'GET' && traceId) return answer(response, 200, { spans: spans.trace(traceId) });
    return answer(response, 404, { message: 'GET /traces/<trace id>, or POST /v1/traces' });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => answer(response, 400, { message: 'not OTLP in JSON' }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
