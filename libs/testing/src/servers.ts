import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres.ts';

/** A server which tests use. */
export interface Server {
  /** Its URL; of Kafka `host:port`. */
  url: string;
  /** Ends what was started for the tests, and nothing else. */
  stop(): Promise<void>;
}

export interface Servers {
  postgres: Server;
  kafka: Server | undefined;
  redis: Server | undefined;
}

/**
 * One rule for each of the three. Its variable (`POSTGRES_URL`, `KAFKA_BROKERS`, `REDIS_URL`) names a server that is there;
 * without it, `TEST_INFRA=containers` starts one in a container; without that, PostgreSQL is the embedded one, and there is no Kafka and no Redis.
 */
export async function servers(environment: NodeJS.ProcessEnv): Promise<Servers> {
  const { POSTGRES_URL, KAFKA_BROKERS, REDIS_URL, TEST_INFRA } = environment;
  if (TEST_INFRA && TEST_INFRA !== 'containers')
    throw new Error(`TEST_INFRA=${TEST_INFRA}: it can only be "containers"`);
  const containers = TEST_INFRA ? await import('./containers.ts') : undefined;
  const [postgres, kafka, redis] = await Promise.all([
    given(POSTGRES_URL) ?? containers?.postgresContainer() ?? embeddedPostgres(),
    given(KAFKA_BROKERS?.split(',')[0]) ?? containers?.kafkaContainer(),
    given(REDIS_URL) ?? containers?.redisContainer(),
  ]);
  return { postgres, kafka, redis };
}

const given = (url: string | undefined): Server | undefined => (url ? { url, stop: async () => undefined } : undefined);

/** The PostgreSQL that npm installed, with its durability switched off. */
async function embeddedPostgres(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'chandlery-test-'));
  chmodSync(directory, 0o755);
  const server = await startPostgres({
    directory: join(directory, 'postgres'),
    password: 'test',
    logFile: join(directory, 'postgres.log'),
    settings: { fsync: 'off', max_connections: 300 },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
