import { startTracing } from '@chandlery/telemetry';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const all: ReadableSpan[] = [];
const collecting: SpanProcessor = {
  onStart: () => undefined,
  onEnd: (ended) => void all.push(ended),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
let started: Promise<unknown> | undefined;

/** The spans that end in this process from now on. */
export async function spans() {
  started ??= startTracing('test', { processors: [collecting] });
  await started;
  return { named: (name: string) => all.filter((span) => span.name === name) };
}
