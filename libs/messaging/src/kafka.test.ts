import { testKafka } from '@chandlery/testing';
import { describe } from 'vitest';
import { kafkaBroker } from './broker-for-tests.ts';
import { conformance } from './conformance.ts';

const address = testKafka();

describe.skipIf(!address)('Kafka', () => {
  conformance('Kafka', () => kafkaBroker(address ?? ''));
});
