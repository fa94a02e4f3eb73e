import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { short } from './settings.ts';

const chosen = short ? '{orders,rolling,network,secrets}' : '*';

/** One file after the other: there is one cluster, and what one test breaks is what another one needs. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'cluster',
    include: [`tests/cluster/${chosen}.test.ts`],
    globalSetup: 'tests/cluster/global-setup.ts',
    fileParallelism: false,
    maxWorkers: 1,
    disableConsoleIntercept: true,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 120_000, interval: 500 } },
  },
});
