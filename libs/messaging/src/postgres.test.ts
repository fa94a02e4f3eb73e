import { postgresBroker } from './broker-for-tests.ts';
import { conformance } from './conformance.ts';
import { consumerConformance } from './conformance-consumer.ts';

conformance('PostgreSQL', postgresBroker);
consumerConformance('PostgreSQL', postgresBroker);
