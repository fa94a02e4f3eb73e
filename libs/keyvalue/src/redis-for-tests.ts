import { afterAll } from 'vitest';

async function container(): Promise<string | undefined> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const docker = await getContainerRuntimeClient().catch(() => undefined);
  if (!docker) return undefined;
  const valkey = await new GenericContainer('valkey/valkey:9').withExposedPorts(6379).start();
  afterAll(() => valkey.stop());
  return `redis://${valkey.getHost()}:${valkey.getMappedPort(6379)}`;
}

/** URL of a real Redis: that of `REDIS_URL`, else a container where Docker answers. Without either CI fails, and others are told. */
export async function redisForTests(): Promise<string | undefined> {
  const url = process.env.REDIS_URL || (await container());
  if (url) return url;
  if (process.env.CI === 'true') throw new Error('no Redis: set REDIS_URL, or start Docker');
  process.stderr.write('skipped: the tests against Redis, for want of REDIS_URL and of Docker\n');
  return undefined;
}
