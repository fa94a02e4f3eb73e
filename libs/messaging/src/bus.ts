import type { Logger } from '@chandlery/telemetry';
import { kafkaBus } from './kafka.ts';
import type { Bus } from './message.ts';
import { postgresBus } from './postgres.ts';

export interface BusSettings {
  /** `host:port`, separated by commas. */
  KAFKA_BROKERS?: string;
  /** A PostgreSQL database of its own. */
  BUS_URL?: string;
}

/** The bus that the settings name: Kafka where there are brokers, else PostgreSQL. */
export function bus({ KAFKA_BROKERS, BUS_URL }: BusSettings, name: string, log: Logger): Bus {
  if (KAFKA_BROKERS) return kafkaBus({ brokers: KAFKA_BROKERS.split(','), clientId: name, log });
  if (BUS_URL) return postgresBus({ url: BUS_URL, log });
  throw new Error('no bus: set KAFKA_BROKERS or BUS_URL');
}
