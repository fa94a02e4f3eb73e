import { Ms, Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  GRPC_PORT: Port(9090),
  DATABASE_URL: Type.String(),
  /** Kafka, or else the PostgreSQL bus at BUS_URL. */
  KAFKA_BROKERS: Type.Optional(Type.String()),
  BUS_URL: Type.Optional(Type.String()),
  PAYMENT_SERVICE_URL: Type.String(),
  USER_JWKS_URL: Type.String(),
  SERVICE_PRIVATE_KEY: Type.String(),
  SERVICE_PUBLIC_KEYS: Type.String(),
  /** Connections to PostgreSQL that this process may have at a time. */
  DATABASE_CONNECTIONS: Type.Integer({ minimum: 1, default: 20 }),
  /** An order that is still unpaid after this long is cancelled. */
  GIVE_UP_MS: Ms(600_000),
  /** Orders that wait for payment at a time; those beyond it are accepted at once, and paid later. */
  PAYMENT_CONCURRENCY: Type.Integer({ minimum: 1, default: 50 }),
});
