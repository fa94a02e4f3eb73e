/** A finished span, as the journey and the tests read it. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  service: string;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Milliseconds since 1970, with fractions. */
  startMs: number;
  durationMs: number;
  attributes: Readonly<Record<string, unknown>>;
  failed: boolean;
}

interface Attribute {
  key: string;
  value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: Attribute[];
  status?: { code?: number };
}

/** The body of an OTLP/HTTP trace export in JSON, as far as it is read here. */
export interface OtlpTraces {
  resourceSpans?: { resource?: { attributes?: Attribute[] }; scopeSpans?: { spans?: OtlpSpan[] }[] }[];
}

// in the order of OTLP's numbers; 0 is "unspecified"
const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const FAILED = 2;

const plain = (attributes: Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const milliseconds = (nanoseconds: bigint) => Number(nanoseconds / 1_000n) / 1_000;

function spanOf(service: string, span: OtlpSpan): Span {
  const start = BigInt(span.startTimeUnixNano);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    service,
    name: span.name,
    kind: kinds[span.kind ?? 0] ?? 'internal',
    startMs: milliseconds(start),
    durationMs: milliseconds(BigInt(span.endTimeUnixNano) - start),
    attributes: plain(span.attributes),
    failed: span.status?.code === FAILED,
  };
}

/** The spans of an export. */
export const spansOf = ({ resourceSpans = [] }: OtlpTraces): Span[] =>
  resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(plain(resource?.attributes)['service.name'] ?? 'unknown');
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => spanOf(service, span)));
  });

export type SpanStore = ReturnType<typeof spanStore>;

/** The newest `limit` spans or so, by trace; the oldest traces go first. */
export function spanStore(limit: number) {
  const traces = new Map<string, Span[]>();
  let size = 0;
  return {
    add(spans: readonly Span[]): void {
      for (const span of spans) {
        const trace = traces.get(span.traceId);
        if (trace) trace.push(span);
        else traces.set(span.traceId, [span]);
      }
      size += spans.length;
      for (const [id, trace] of traces) {
        if (size <= limit) break;
        traces.delete(id);
        size -= trace.length;
      }
    },
    /** In the order in which they began. */
    trace: (traceId: string): Span[] => (traces.get(traceId) ?? []).toSorted((a, b) => a.startMs - b.startMs),
  };
}
