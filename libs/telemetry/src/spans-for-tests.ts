import { context, propagation, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';
import { startTracing, type TracingOptions } from './traces.ts';

/** Tracing for this test alone. */
export async function tracing(options: TracingOptions) {
  onTestFinished(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  return startTracing('order', options);
}

/** The spans that end during this test. */
export async function spans(): Promise<ReadableSpan[]> {
  const ended: ReadableSpan[] = [];
  const collecting: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  await tracing({ processors: [collecting] });
  return ended;
}
