import { setImmediate as turn } from 'node:timers/promises';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { spans } from './spans-for-tests.ts';
import { openSpan, span, traceId, traceparent } from './traces.ts';

const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const parent = `00-${remote.traceId}-${remote.spanId}-01`;

test('spans within a span belong to it, also after a wait', async () => {
  const ended = await spans();
  await span('outer', { kind: 'SERVER', attributes: { 'order.id': '1' } }, async () => {
    await turn();
    await span('inner', {}, turn);
  });
  const [inner, outer] = ended;
  expect(outer).toMatchObject({ name: 'outer', kind: SpanKind.SERVER, attributes: { 'order.id': '1' } });
  expect(outer?.resource.attributes['service.name']).toBe('order');
  expect(inner).toMatchObject({ name: 'inner', kind: SpanKind.INTERNAL });
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(outer?.parentSpanContext).toBeUndefined();
  expect(outer?.status.code).toBe(SpanStatusCode.UNSET);
});

test('the result of the work is the result of the span', async () => {
  await spans();
  expect(await span('work', {}, async (active) => active.isRecording())).toBe(true);
});

class CardDeclined extends Error {
  override name = 'CardDeclined';
}

test.each([
  ['an error', new CardDeclined('card 4242 of jane@example.com'), 'CardDeclined'],
  ['something that is none', 'jane@example.com', 'unknown'],
])('%s marks the span by its name alone, and comes through', async (_, error, name) => {
  const ended = await spans();
  await expect(span('charge', {}, () => Promise.reject(error))).rejects.toBe(error);
  const [failed] = ended;
  expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: name });
  expect(failed?.attributes).toEqual({ 'error.type': name });
  expect(failed?.events).toEqual([]);
});

test('a traceparent from outside is the parent, whatever is active here', async () => {
  const ended = await spans();
  await span('elsewhere', {}, () => span('consume', { parent }, async () => undefined));
  const [consume, elsewhere] = ended;
  expect(consume?.spanContext().traceId).toBe(remote.traceId);
  expect(consume?.parentSpanContext).toMatchObject({ ...remote, isRemote: true });
  expect(elsewhere?.spanContext().traceId).not.toBe(remote.traceId);
});

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`])(
  'a broken traceparent %j begins a new trace',
  async (broken) => {
    const ended = await spans();
    await span('consume', { parent: broken }, async () => undefined);
    expect(ended[0]?.parentSpanContext).toBeUndefined();
    expect(ended[0]?.spanContext().traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  },
);

test('what is handed on is the active span', async () => {
  const ended = await spans();
  expect([traceparent(), traceId()]).toEqual([undefined, undefined]);
  const [handed, id] = await span('call', { parent }, async () => [traceparent(), traceId()]);
  expect(handed).toBe(`00-${remote.traceId}-${ended[0]?.spanContext().spanId}-01`);
  expect(id).toBe(remote.traceId);
});

test('an open span is around what it starts, until it is ended', async () => {
  const ended = await spans();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const open = openSpan('GET /orders', { kind: 'SERVER', parent }, () => setImmediate(() => resolve(traceparent())));
  expect(traceparent()).toBeUndefined();
  expect(await promise).toBe(`00-${remote.traceId}-${open.spanContext().spanId}-01`);
  expect(ended).toEqual([]);
  open.end();
  expect(ended.map(({ name }) => name)).toEqual(['GET /orders']);
});

test('without tracing the work is done all the same', async () => {
  expect(await span('work', { parent }, async () => 'done')).toBe('done');
  await expect(span('work', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(traceparent()).toBeUndefined();
});
