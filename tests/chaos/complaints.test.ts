import { expect, test } from 'vitest';
import { complaints } from './complaints.ts';

const metrics = (retries: number, opened: number) => `# TYPE resilience_events_total counter
resilience_events_total{target="stripe",event="retry",service="payment"} ${retries}
resilience_events_total{target="stripe",event="breaker-open",service="payment"} ${opened}
http_requests_total{endpoint="x",status="200"} 9`;

test('only what is new is a complaint', () => {
  const of = complaints();
  expect(of('payment', metrics(3, 0))).toEqual([]);
  expect(of('payment', metrics(3, 0))).toEqual([]);
  expect(of('payment', metrics(4, 1))).toEqual(['payment: retry (stripe)', 'payment: breaker-open (stripe)']);
  expect(of('order', metrics(9, 9))).toEqual([]);
});

test('a process that has begun anew counts from nothing, and complains again', () => {
  const of = complaints();
  of('payment', metrics(5, 0));
  expect(of('payment', metrics(0, 0))).toEqual([]);
  expect(of('payment', metrics(1, 0))).toEqual(['payment: retry (stripe)']);
});
