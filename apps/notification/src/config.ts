import { Ms, Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  /** NotificationService. */
  GRPC_PORT: Port(9090),
  /** Own database: recipients, the mail queue, the inbox. */
  DATABASE_URL: Type.String(),
  /** Kafka's bootstrap servers, with commas; without them the bus is the PostgreSQL of BUS_URL. */
  KAFKA_BROKERS: Type.Optional(Type.String()),
  /** Database of the bus where there is no Kafka. */
  BUS_URL: Type.Optional(Type.String()),
  /** Where user publishes the keys of its tokens. */
  USER_JWKS_URL: Type.String(),
  /** Public keys of all services, as a JWKS. */
  SERVICE_PUBLIC_KEYS: Type.String(),
  /** The mail server: `smtp://host:port`, or `smtps://` for TLS from the start; user and password where it wants them. */
  SMTP_URL: Type.String(),
  /** Sender of every mail; Message-IDs are in its domain. */
  MAIL_FROM: Type.String(),
  /** Mails at a time, each over its own connection. */
  MAIL_CONCURRENCY: Type.Integer({ minimum: 1, default: 5 }),
  /** How long the mail server may take for one mail. */
  MAIL_TIMEOUT_MS: Ms(15_000),
});
