import { expect, test } from 'vitest';
import { Failure, type Kind, kinds, transient } from './index.ts';

const all = Object.keys(kinds) as Kind[];

test('each kind has an HTTP status of its own, and a title', () => {
  const statuses = all.map((kind) => kinds[kind].http);
  expect(new Set(statuses).size).toBe(all.length);
  for (const kind of all) expect(kinds[kind].title).toMatch(/^[A-Z].+[^.]$/);
});

test.each(
  Object.entries({
    invalid: [400, 3],
    unauthenticated: [401, 16],
    declined: [402, 9],
    forbidden: [403, 7],
    not_found: [404, 5],
    conflict: [409, 10],
    unprocessable: [422, 3],
    rate_limited: [429, 8],
    unavailable: [503, 14],
  }),
)('%s is %j in HTTP and gRPC', (kind, [http, grpc]) => {
  expect(kinds[kind as Kind]).toMatchObject({ http, grpc });
  expect(all).toHaveLength(9);
});

test.each(all)('%s is transient only when it may pass by itself', (kind) => {
  const passes = kind === 'rate_limited' || kind === 'unavailable';
  expect(transient(new Failure(kind, 'x'))).toBe(passes);
});

test.each([
  ['a bug', new Error('x')],
  ['something that only looks like a failure', { kind: 'unavailable' }],
  ['nothing', undefined],
])('%s is not transient', (_, error) => {
  expect(transient(error)).toBe(false);
});

test('a failure that says no more has its kind as reason, and nothing else', () => {
  const failure = new Failure('not_found', 'no order 1');
  expect(failure).toBeInstanceOf(Error);
  expect(failure).toMatchObject({ name: 'Failure', kind: 'not_found', message: 'no order 1', reason: 'not-found' });
  expect(failure).toMatchObject({ fields: [], data: {}, retryAfterMs: undefined, cause: undefined });
});

test('a failure keeps what it was told', () => {
  const cause = new Error('socket hang up');
  const details = {
    reason: 'payment-in-progress',
    fields: [{ field: 'sku', message: 'is missing' }],
    data: { id: '1' },
    retryAfterMs: 500,
    cause,
  };
  expect(new Failure('unavailable', 'busy', details)).toMatchObject(details);
});
