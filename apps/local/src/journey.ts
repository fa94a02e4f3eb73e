import type { Span } from './spans.ts';

const BAR = 24;

interface Hop {
  span: Span;
  depth: number;
}

/** A hop is work that someone did. Statements are too many to show, and of a call the side that did the work is shown. */
const isHop = (span: Span, children: readonly Span[]): boolean =>
  !('db.system.name' in span.attributes) && !(span.kind === 'client' && children.some(({ kind }) => kind === 'server'));

/** The hops of `span` and below, each after the one it came from. */
function hopsFrom(span: Span, spans: readonly Span[], depth = 0): Hop[] {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
  const shown = isHop(span, children);
  const below = children.toSorted((a, b) => a.startMs - b.startMs);
  const hops = below.flatMap((child) => hopsFrom(child, spans, depth + (shown ? 1 : 0)));
  return shown ? [{ span, depth }, ...hops] : hops;
}

const roots = (spans: readonly Span[]): Span[] =>
  spans.filter(({ parentSpanId }) => !spans.some(({ spanId }) => spanId === parentSpanId));

/** Whether the whole way of an order has come in: one piece, up to its mail. */
export const complete = (spans: readonly Span[]): boolean =>
  spans.some(({ name }) => name === 'mail send') && roots(spans).length === 1;

function label({ span, depth }: Hop): string {
  const event = span.attributes['cloudevents.event_type'];
  return `${'  '.repeat(depth)}${event ? span.name.replace(/ .*/, ` ${event}`) : span.name}`;
}

function bar(startMs: number, durationMs: number, totalMs: number): string {
  const from = Math.min(BAR - 1, Math.floor((startMs / totalMs) * BAR));
  const length = Math.max(1, Math.min(BAR - from, Math.round((durationMs / totalMs) * BAR)));
  return (' '.repeat(from) + '━'.repeat(length)).padEnd(BAR);
}

/** The journey of one trace, a line for each hop: when it began, who did what, and how long that took. */
export function journey(spans: readonly Span[]): string[] {
  const hops = roots(spans).flatMap((root) => hopsFrom(root, spans));
  const beganMs = Math.min(...hops.map(({ span }) => span.startMs));
  const totalMs = Math.max(1, ...hops.map(({ span }) => span.startMs + span.durationMs - beganMs));
  const [wide, wider] = [
    Math.max(...hops.map(({ span }) => span.service.length)),
    Math.max(...hops.map((hop) => label(hop).length)),
  ];
  return hops.map((hop) => {
    const { service, startMs, durationMs, failed } = hop.span;
    const at = `${Math.round(startMs - beganMs)} ms`.padStart(8);
    const took = `${Math.round(durationMs)} ms`.padStart(8);
    const line = `${at}  ${service.padEnd(wide)}  ${label(hop).padEnd(wider)}  ${bar(startMs - beganMs, durationMs, totalMs)}${took}`;
    return failed ? `${line}  failed` : line;
  });
}
