import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { testKafka } from '@chandlery/testing';
import { describe, expect, test } from 'vitest';
import { kafkaBroker, unique } from './broker-for-tests.ts';
import { conformance } from './conformance.ts';

const address = testKafka();

describe.skipIf(!address)('Kafka', () => {
  conformance('Kafka', () => kafkaBroker(address ?? ''));

  test('a connection on which nothing waits does not keep its process busy', async () => {
    const bus = (await kafkaBroker(address ?? '')).connect();
    await bus.publish([
      { id: '1', topic: unique('idle'), key: '1', type: 'idle.v1', source: 'test', time: '', data: {} },
    ]);
    const turns = () => performance.nodeTiming.uvMetricsInfo.loopCount;
    const before = turns();
    await setTimeout(1_000);
    expect(turns() - before).toBeLessThan(200);
  });
});
