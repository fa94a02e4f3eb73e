import { Ms, Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  /** The provider's webhooks. */
  HTTP_PORT: Port(8080),
  /** PaymentService. */
  GRPC_PORT: Port(9090),
  /** Own database: payments, the outbox. */
  DATABASE_URL: Type.String(),
  /** Connections to PostgreSQL that this process may have at a time. */
  DATABASE_CONNECTIONS: Type.Integer({ minimum: 1, default: 20 }),
  /** Kafka's bootstrap servers, with commas; without them the bus is the PostgreSQL of BUS_URL. */
  KAFKA_BROKERS: Type.Optional(Type.String()),
  /** Database of the bus where there is no Kafka. */
  BUS_URL: Type.Optional(Type.String()),
  /** Where user publishes the keys of its tokens. */
  USER_JWKS_URL: Type.String(),
  /** Public keys of all services, as a JWKS. */
  SERVICE_PUBLIC_KEYS: Type.String(),
  /** Secret key of the provider's account. */
  STRIPE_API_KEY: Type.String(),
  /** URL of who speaks Stripe's API, such as the sandbox; without it Stripe itself. */
  STRIPE_HOST: Type.Optional(Type.String()),
  /** What webhooks are signed with. */
  STRIPE_WEBHOOK_SECRET: Type.String(),
  /** How long the provider may take for one step, repeats included; a caller's deadline can make it shorter. */
  STRIPE_DEADLINE_MS: Ms(5_000),
  /** How long one process may work on an order's payment; after a crash its next call waits for at most that long. */
  LEASE_MS: Ms(10_000),
  /** Between two looks for unfinished cancels. */
  RECOVERY_INTERVAL_MS: Ms(5_000),
});
