import { startTracing } from '@chandlery/telemetry';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const ended: ReadableSpan[] = [];
const collecting: SpanProcessor = {
  onStart: () => undefined,
  onEnd: (span) => void ended.push(span),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
let started: Promise<unknown> | undefined;

/** The spans that ended in this process since tracing was first asked for. */
export function spans() {
  started ??= startTracing('test', undefined, [collecting]);
  return { named: (name: string) => ended.filter((span) => span.name === name) };
}
