import { expect, test } from 'vitest';
import { complete, journey } from './journey.ts';
import type { Span } from './spans.ts';

const span = (spanId: string, parentSpanId: string, changes: Partial<Span>): Span => ({
  traceId: 't',
  spanId,
  parentSpanId,
  service: 'order',
  name: spanId,
  kind: 'server',
  startMs: 0,
  durationMs: 100,
  attributes: {},
  failed: false,
  ...changes,
});

const order = [
  span('POST /orders', 'outside', { service: 'gateway' }),
  span('call', 'POST /orders', { service: 'gateway', kind: 'client', startMs: 5 }),
  span('PlaceOrder', 'call', { startMs: 10, durationMs: 80 }),
  span('select', 'PlaceOrder', { kind: 'client', attributes: { 'db.system.name': 'postgresql' } }),
  span('stripe', 'PlaceOrder', { kind: 'client', startMs: 20, failed: true }),
  span('send order', 'PlaceOrder', {
    kind: 'producer',
    startMs: 50,
    attributes: { 'cloudevents.event_type': 'order.paid.v1' },
  }),
];
const mail = span('mail send', 'send order', { service: 'notification', kind: 'client', startMs: 150, durationMs: 50 });

test('shows each hop below the one it came from, in time, and leaves out statements and the near side of a call', () => {
  const lines = journey([...order, mail].toReversed());
  expect(lines.map((line) => line.replace(/\s+━+\s+/, ' | '))).toEqual([
    '    0 ms  gateway       POST /orders | 100 ms',
    '   10 ms  order           PlaceOrder | 80 ms',
    '   20 ms  order             stripe | 100 ms  failed',
    '   50 ms  order             send order.paid.v1 | 100 ms',
    '  150 ms  notification        mail send | 50 ms',
  ]);
});

test('bars show when and how long', () => {
  const bars = journey([...order, mail]).map((line) => line.match(/ ( *━+ *) +\d+ ms/)?.[1]?.trimEnd().length);
  expect(bars.at(-1)).toBeGreaterThan(bars[0] ?? Number.NaN);
});

test('a journey is complete with its mail, when no piece hangs in the air', () => {
  expect(complete([...order, mail])).toBe(true);
  expect(complete(order)).toBe(false);
  expect(complete([...order.slice(0, -1), mail])).toBe(false);
});
