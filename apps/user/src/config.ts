import { Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  /** Serves the public keys. */
  HTTP_PORT: Port(8080),
  /** Serves UserService. */
  GRPC_PORT: Port(9090),
  /** Own PostgreSQL database. */
  DATABASE_URL: Type.String(),
  /** Kafka's brokers, `host:port,...`; or BUS_URL. */
  KAFKA_BROKERS: Type.Optional(Type.String()),
  /** PostgreSQL database of the bus that stands in for Kafka. */
  BUS_URL: Type.Optional(Type.String()),
  /** Private keys of access tokens (JWKS): the first signs, all are published. */
  JWT_PRIVATE_KEYS: Type.String(),
  /** Public keys of the services that may call (JWKS). */
  SERVICE_PUBLIC_KEYS: Type.String(),
});
