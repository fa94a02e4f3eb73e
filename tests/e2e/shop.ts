import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { shopAt } from '../client.ts';

export { type Answer, type Asking, anchor, type Customer, password } from '../client.ts';

interface Running {
  name: string;
  pid: number;
  http?: string;
  metrics?: string;
}

export const { gateway, data, databases } = inject('system');

/** What runs, as `run.json` has it now. */
export const processes = (): Running[] => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')).processes;

export function processOf(name: string): Running {
  const found = processes().find((process) => process.name === name);
  if (!found) throw new Error(`${name} does not run`);
  return found;
}

export const { call, sandbox, newCustomer, settled, charges, mails } = shopAt(gateway, () => processOf('sandbox').http);
