import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const unit = {
  include: [
    'apps/*/src/**/*.test.ts',
    'libs/*/src/**/*.test.ts',
    'tests/*.test.ts',
    'tests/{architecture,audit,chaos,experiments,load}/**/*.test.ts',
  ],
};

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', ...unit, globalSetup: 'libs/testing/src/global-setup.ts', maxWorkers: 3 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: 'tests/e2e/global-setup.ts',
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
    ],
  },
});
