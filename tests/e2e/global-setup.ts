import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSystem } from '../../apps/local/src/system.ts';

export interface Addresses {
  gateway: string;
  /** The directory with run.json and logs. */
  data: string;
  databases: Record<'users' | 'orders' | 'payments' | 'notifications', string>;
}

declare module 'vitest' {
  interface ProvidedContext {
    system: Addresses;
  }
}

/** Sign-ins are not limited, since all tests come from one address; buckets fill so slowly that a slow machine meets their end too. */
const variables = {
  gateway: { SIGN_INS_PER_MINUTE: '100000', RATE_LIMIT_PER_SECOND: '20' },
  // a payment whose process was killed is free again after so long
  payment: { LEASE_MS: '4000', STRIPE_DEADLINE_MS: '2500' },
};

/** The whole shop, once for all files. */
export async function setup(project: TestProject) {
  const directory = mkdtempSync(join(tmpdir(), 'chandlery-e2e-'));
  chmodSync(directory, 0o755);
  const data = join(directory, 'data');
  const system = await startSystem({ data, variables });
  const names = ['users', 'orders', 'payments', 'notifications'] as const;
  const databases = Object.fromEntries(names.map((name) => [name, system.databaseUrl(name)]));
  project.provide('system', { gateway: system.gateway, data, databases: databases as Addresses['databases'] });
  return async () => {
    await system.stop();
    rmSync(directory, { recursive: true });
  };
}
