import type { Logger } from '@chandlery/telemetry';
import type { Bus } from './message.ts';

export interface BusSettings {
  /** `host:port`, separated by commas. */
  KAFKA_BROKERS?: string;
  /** A PostgreSQL database of its own. */
  BUS_URL?: string;
}

/** The bus that the settings name: Kafka where there are brokers, else PostgreSQL. Only that one's client is loaded. */
export async function bus({ KAFKA_BROKERS, BUS_URL }: BusSettings, name: string, log: Logger): Promise<Bus> {
  if (KAFKA_BROKERS) {
    const { kafkaBus } = await import('./kafka.ts');
    return kafkaBus({ brokers: KAFKA_BROKERS.split(','), clientId: name, log });
  }
  if (BUS_URL) {
    const { postgresBus } = await import('./postgres.ts');
    return postgresBus({ url: BUS_URL, log });
  }
  throw new Error('no bus: set KAFKA_BROKERS or BUS_URL');
}
