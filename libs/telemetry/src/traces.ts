import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export interface SpanOptions {
  kind?: keyof typeof SpanKind;
  attributes?: Attributes;
  /** W3C `traceparent` of the caller, where it comes from outside this process. */
  parent?: string | undefined;
}

/**
 * Sets up tracing for this process. Spans go to the OTLP/HTTP collector at `endpoint`; without one they exist, but for the logs alone.
 * Sampling and batching follow the standard variables (OTEL_TRACES_SAMPLER, OTEL_BSP_SCHEDULE_DELAY ...).
 */
export async function startTracing(
  service: string,
  endpoint?: string,
  processors: SpanProcessor[] = [],
): Promise<{ stop(): Promise<void> }> {
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    spanProcessors: [...processors, ...(endpoint ? [await exporting(endpoint)] : [])],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { stop: () => provider.shutdown() };
}

// loaded where it is used: it costs a tenth of a second and ten megabytes
async function exporting(endpoint: string): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href }) });
}

const tracer = () => trace.getTracer('chandlery');

function start(name: string, options: SpanOptions): { active: Span; around: Context } {
  const parent = options.parent ? propagation.extract(ROOT_CONTEXT, { traceparent: options.parent }) : context.active();
  const settings = { kind: SpanKind[options.kind ?? 'INTERNAL'], attributes: options.attributes ?? {} };
  const active = tracer().startSpan(name, settings, parent);
  return { active, around: trace.setSpan(parent, active) };
}

/** Runs `work` inside a span. What it throws marks the span as failed, by the error's name alone: messages can hold data. */
export async function span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { active, around } = start(name, options);
  try {
    return await context.with(around, work, undefined, active);
  } catch (error) {
    const type = error instanceof Error ? error.name : 'unknown';
    active.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message: type });
    throw error;
  } finally {
    active.end();
  }
}

/** A span for work that goes on by callbacks: `next` runs inside it, and the caller ends it. */
export function openSpan(name: string, options: SpanOptions, next: () => void): Span {
  const { active, around } = start(name, options);
  context.with(around, next);
  return active;
}

/** W3C `traceparent` of the active span, to hand on. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Trace id of the active span. */
export const traceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;
