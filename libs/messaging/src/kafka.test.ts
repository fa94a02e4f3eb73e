import { describe } from 'vitest';
import { kafkaBroker } from './broker-for-tests.ts';
import { conformance } from './conformance.ts';
import { kafkaForTests } from './kafka-for-tests.ts';

const address = await kafkaForTests();

describe.skipIf(!address)('Kafka', () => {
  conformance('Kafka', () => kafkaBroker(address ?? ''));
});
