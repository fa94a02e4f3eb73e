import { afterAll } from 'vitest';

async function container(): Promise<string> {
  const { GenericContainer } = await import('testcontainers');
  const valkey = await new GenericContainer('valkey/valkey:9').withExposedPorts(6379).start();
  afterAll(() => valkey.stop());
  return `redis://${valkey.getHost()}:${valkey.getMappedPort(6379)}`;
}

/** URL of a real Redis: that of `REDIS_URL`, else of a container. Where there is neither CI fails, and others are told what is skipped. */
export async function redisForTests(): Promise<string | undefined> {
  if (process.env.REDIS_URL) return process.env.REDIS_URL;
  try {
    return await container();
  } catch (cause) {
    if (process.env.CI === 'true') throw new Error('no Redis for the tests: set REDIS_URL, or start Docker', { cause });
    process.stderr.write(`skipped: tests against Redis; no REDIS_URL, and no container: ${(cause as Error).message}\n`);
    return undefined;
  }
}
