import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** One shop at a time: each brings as many processes as a small machine can run. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'chaos',
    include: ['tests/chaos/**/*.chaos.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    disableConsoleIntercept: true,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
