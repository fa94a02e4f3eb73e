import { type config, Type } from '@chandlery/config';

/** What the audit takes from the environment. */
export const Config = Type.Object({
  /** A PostgreSQL that has every database, with a login that may read them. */
  AUDIT_POSTGRES_URL: Type.Optional(Type.String()),
  /** The outside world of that shop. */
  AUDIT_SANDBOX_URL: Type.Optional(Type.String()),
  /** Its Kafka, where PostgreSQL is not the broker. */
  AUDIT_KAFKA_BROKERS: Type.Optional(Type.String()),
  /** What `npm start` was given in place of its embedded parts. */
  POSTGRES_URL: Type.Optional(Type.String()),
  KAFKA_BROKERS: Type.Optional(Type.String()),
});

export type Settings = ReturnType<typeof config<typeof Config>>;
