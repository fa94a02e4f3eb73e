import { type config, Type } from '@chandlery/config';

/** What the launcher takes from the environment. */
export const Config = Type.Object({
  /** A server to use instead of the embedded PostgreSQL: URL of a login that may make logins and databases. */
  POSTGRES_URL: Type.Optional(Type.String()),
  /** Kafka to use instead of PostgreSQL as the message broker. */
  KAFKA_BROKERS: Type.Optional(Type.String()),
  /** Redis for the gateway, instead of its own memory. */
  REDIS_URL: Type.Optional(Type.String()),
  /** A collector which gets the traces too. */
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String()),
  /** How much the services log. */
  LOG_LEVEL: Type.Optional(Type.String()),
  /** Defences that all services go without, and whether they may be switched while they run. */
  DEFENCES_OFF: Type.Optional(Type.String()),
  FAULTS_ENABLED: Type.Optional(Type.String()),
  /** When `npm start` began, in milliseconds since 1970; `start.mjs` sets it. */
  STARTED_AT: Type.Optional(Type.Number()),
  PATH: Type.Optional(Type.String()),
  HOME: Type.Optional(Type.String()),
  TMPDIR: Type.Optional(Type.String()),
  NODE_COMPILE_CACHE: Type.Optional(Type.String()),
  /** The node image of a new kind cluster, instead of kind's default. */
  KIND_NODE_IMAGE: Type.Optional(Type.String()),
  NO_COLOR: Type.Optional(Type.String()),
});

export type Settings = ReturnType<typeof config<typeof Config>>;

/** What every service is given of the launcher's own environment: enough to run at all. */
export const sharedVariables = (settings: Settings) => {
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, LOG_LEVEL, DEFENCES_OFF, FAULTS_ENABLED } = settings;
  return { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, LOG_LEVEL, DEFENCES_OFF, FAULTS_ENABLED };
};
