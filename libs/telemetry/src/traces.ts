import { setTimeout as delay } from 'node:timers/promises';
import { through } from '@chandlery/faults';
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
import {
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { exporting } from './exporter.ts';

export interface SpanOptions {
  kind?: keyof typeof SpanKind;
  attributes?: Attributes;
  /** W3C `traceparent` of the caller, where it comes from outside this process. */
  parent?: string | undefined;
}

export interface TracingOptions {
  /** OTLP/HTTP collector; without one spans exist, but for the logs alone. */
  endpoint?: string | undefined;
  /** Share of the traces begun here that is recorded; a caller's own decision stands. */
  ratio?: number;
  /** How long spans wait for company before they leave. */
  delayMs?: number;
  processors?: SpanProcessor[];
}

/** How long the last spans may take to leave: a collector that is away holds up no one's end. */
const FLUSH_MS = 2_000;

/** Sets up tracing for this process, once. `stop` sends what is left. */
export function startTracing(service: string, options: TracingOptions = {}): { stop(): Promise<void> } {
  const { endpoint, ratio = 1, delayMs = 5_000, processors = [] } = options;
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [...processors, ...(endpoint ? [exporting(endpoint, delayMs)] : [])],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { stop: () => Promise.race([provider.shutdown(), tooLate()]) };
}

async function tooLate(): Promise<never> {
  await delay(FLUSH_MS, undefined, { ref: false });
  throw new Error('the collector did not take the last spans in time');
}

const tracer = () => trace.getTracer('chandlery');

function start(name: string, options: SpanOptions): { active: Span; around: Context } {
  const parent = options.parent ? propagation.extract(ROOT_CONTEXT, { traceparent: options.parent }) : context.active();
  const settings = { kind: SpanKind[options.kind ?? 'INTERNAL'], attributes: options.attributes ?? {} };
  const active = tracer().startSpan(name, settings, parent);
  return { active, around: trace.setSpan(parent, active) };
}

/** Runs `work` inside a span, which is also where faults can be had. What it throws marks the span as failed, by the error's name alone: messages can hold data. */
export async function span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { active, around } = start(name, options);
  try {
    const note = (kind: string) => void active.addEvent('fault', { 'fault.kind': kind });
    return await context.with(around, () => through(name, () => work(active), note));
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
