import type { TestProject } from 'vitest/node';
import { servers } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    kafkaBroker: string | undefined;
    redisUrl: string | undefined;
  }
}

/** One server of each kind for the whole run. */
export async function setup(project: TestProject) {
  const { postgres, kafka, redis } = await servers(process.env);
  project.provide('postgresUrl', postgres.url);
  project.provide('kafkaBroker', kafka?.url);
  project.provide('redisUrl', redis?.url);
  const missing = [!kafka && 'KAFKA_BROKERS', !redis && 'REDIS_URL'].filter(Boolean).join(', ');
  if (missing && process.env.CI !== 'true') {
    process.stderr.write(`tests that need ${missing} or TEST_INFRA=containers are skipped\n`);
  }
  return async () => {
    await Promise.all([postgres, kafka, redis].map((server) => server?.stop()));
  };
}
