import type { Traces } from './first-order.ts';
import { type OtlpTraces, spansOf } from './spans.ts';

/** The traces of the Jaeger at `url`; its query API answers in OTLP. */
export function jaegerTraces(url: string): Traces {
  const urlOf = (traceId: string) => `${url}/api/v3/traces/${traceId}`;
  return {
    urlOf,
    async spans(traceId) {
      const answer = await fetch(urlOf(traceId), { signal: AbortSignal.timeout(5_000) });
      const { result } = (await answer.json()) as { result?: OtlpTraces };
      return result ? spansOf(result) : []; // 404 until its first span is in
    },
  };
}
