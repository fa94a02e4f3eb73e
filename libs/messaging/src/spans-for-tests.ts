import { startTracing } from '@chandlery/telemetry';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const all: ReadableSpan[] = [];
const collecting: SpanProcessor = {
  onStart: () => undefined,
  onEnd: (ended) => void all.push(ended),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
let started = false;

/** The spans that end in this process from now on. */
export function spans() {
  if (!started) startTracing('test', { processors: [collecting] });
  started = true;
  return { named: (name: string) => all.filter((span) => span.name === name) };
}
