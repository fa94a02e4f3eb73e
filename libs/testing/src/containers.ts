import { fileURLToPath } from 'node:url';
import {
  GenericContainer,
  getContainerRuntimeClient,
  getReaper,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { freePort } from './postgres.ts';
import type { Server } from './servers.ts';

const kafkaSettings = fileURLToPath(new URL('../../../helm/infra/files/kafka', import.meta.url));

/** It removes what a killed run leaves. */
let reaper: ReturnType<typeof getReaper> | undefined;

async function start(container: GenericContainer): Promise<StartedTestContainer> {
  reaper ??= getContainerRuntimeClient().then(getReaper); // containers that start side by side would make one each
  await reaper;
  return container.start();
}

const server = (url: string, container: StartedTestContainer): Server => ({
  url,
  stop: async () => void (await container.stop()),
});

const addressOf = (container: StartedTestContainer, port: number) =>
  `${container.getHost()}:${container.getMappedPort(port)}`;

/** PostgreSQL with its durability switched off, as the embedded one. */
export async function postgresContainer(): Promise<Server> {
  const container = await start(
    new GenericContainer('postgres:18')
      .withExposedPorts(5432)
      .withEnvironment({ POSTGRES_PASSWORD: 'test' })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=300'])
      // not by the socket, where the server that only initialises the cluster answers too
      .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready --host 127.0.0.1')),
  );
  return server(`postgres://postgres:test@${addressOf(container, 5432)}/postgres`, container);
}

export async function redisContainer(): Promise<Server> {
  const container = await start(new GenericContainer('valkey/valkey:9').withExposedPorts(6379));
  return server(`redis://${addressOf(container, 6379)}`, container);
}

/** Kafka with the settings it has in the cluster. It tells its clients its address, so the port outside is chosen before. */
export async function kafkaContainer(): Promise<Server> {
  const { info } = await getContainerRuntimeClient();
  const port = await freePort();
  const address = `${info.containerRuntime.host}:${port}`;
  const container = await start(
    new GenericContainer('apache/kafka:4.3.1')
      .withExposedPorts({ container: 9092, host: port })
      .withCopyDirectoriesToContainer([{ source: kafkaSettings, target: '/mnt/shared/config' }])
      .withEnvironment({
        KAFKA_ADVERTISED_LISTENERS: `CLIENT://${address},BROKER://localhost:9094`,
        KAFKA_HEAP_OPTS: '-Xms256m -Xmx256m',
      })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
  );
  return server(address, container);
}
