import { freePort } from '@chandlery/testing/postgres';
import { afterAll } from 'vitest';

const IMAGE = 'apache/kafka:4.3.1';

/** Kafka tells its clients its address, which must be right from outside: hence the same port inside and out, chosen before. */
async function container(): Promise<string | undefined> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const docker = await getContainerRuntimeClient().catch(() => undefined);
  if (!docker) return undefined;
  const port = await freePort();
  const broker = `${docker.info.containerRuntime.host}:${port}`;
  const kafka = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:29093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${broker}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:29093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
    .catch(() => undefined);
  if (!kafka) return undefined;
  afterAll(async () => void (await kafka.stop()));
  return broker;
}

/** `host:port` of a real Kafka: that of `KAFKA_BROKERS`, else a container if one starts. Without either CI fails, and others are told. */
export async function kafkaForTests(): Promise<string | undefined> {
  const broker = process.env.KAFKA_BROKERS?.split(',')[0] || (await container());
  if (broker) return broker;
  if (process.env.CI) throw new Error('no Kafka: set KAFKA_BROKERS, or start Docker');
  process.stderr.write('skipped: the tests against Kafka, for want of KAFKA_BROKERS and of a container that starts\n');
  return undefined;
}
