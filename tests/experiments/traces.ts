import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type OtlpTraces, type Span, spansOf } from '../../apps/local/src/spans.ts';

interface Traces extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  url: string;
  /** All that have come in. */
  spans: readonly Span[];
}

/** A collector for OTLP/HTTP traces in JSON that forgets nothing. */
export async function collectTraces(): Promise<Traces> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    spans.push(...spansOf((await json(request)) as OtlpTraces));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The most of them that lay within so many milliseconds of each other. */
export function peak(times: readonly number[], withinMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [at, time] of sorted.entries()) {
    while ((sorted[first] as number) <= time - withinMs) first++;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

/** The most spans that were open at a time. */
export function mostAtOnce(spans: readonly Pick<Span, 'startMs' | 'durationMs'>[]): number {
  const changes = spans.flatMap(({ startMs, durationMs }) => [
    { at: startMs, by: 1 },
    { at: startMs + durationMs, by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
