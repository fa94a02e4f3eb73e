import { logger, startTracing, type TracingOptions } from '@chandlery/telemetry';
import { testRedis } from '@chandlery/testing';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { redisKeyValue } from './redis.ts';

type Processor = NonNullable<TracingOptions['processors']>[number];
type Ended = Parameters<Processor['onEnd']>[0];

const url = testRedis();

const spans: Ended[] = [];
const nothing = async () => undefined;
const keep = { onStart: () => undefined, onEnd: (span: Ended) => void spans.push(span), forceFlush: nothing };
const tracing = startTracing('test', { processors: [{ ...keep, shutdown: nothing }] });
afterAll(() => tracing.stop());

/** A store, and none of the spans of the test before. */
function given() {
  spans.length = 0;
  const store = redisKeyValue({ url: url!, log: logger('test', 'silent'), commandTimeoutMs: 5_000 });
  onTestFinished(() => store.stop());
  return store;
}

describe.skipIf(!url)('a command to Redis', () => {
  test('is a client span which names the operation and the kind of the key, and shows no key and no value', async () => {
    const store = given();
    await store.set('session:secret-1', 'secret-2', 1_000);
    await store.get('secret-3');
    await store.replace('session:secret-1', 'secret-2', 'secret-4', 1_000);
    await store.take('address:secret-5', { perSecond: 1, burst: 1 });

    expect(spans.map(({ name }) => name)).toEqual([
      'SET session',
      'GET other',
      'replaceIf session',
      'takeTokens address',
    ]);
    expect(spans[2]).toMatchObject({
      kind: 2,
      attributes: {
        'db.system.name': 'redis',
        'db.operation.name': 'EVALSHA',
        'db.stored_procedure.name': 'replaceIf',
        'server.address': new URL(url!).hostname,
        'server.port': Number(new URL(url!).port || 6379),
        'keyvalue.kind': 'session',
      },
    });
    expect(JSON.stringify(spans.map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
      'secret',
    );
  });

  test('that fails marks its span, and its error has no argument on it', async () => {
    const store = given();
    await store.take('address:1', { perSecond: 1, burst: 1 });
    const error = await store.replace('bucket:address:1', 'secret', 'secret', 1_000).catch((caught: unknown) => caught);
    expect(spans.at(-1)).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'ReplyError' } });
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(Object.entries(error as Error)) + (error as Error).stack).not.toContain('secret');
  });
});
