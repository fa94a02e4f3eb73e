import { postgresBroker } from './broker-for-tests.ts';
import { conformance } from './conformance.ts';

conformance('PostgreSQL', postgresBroker());
