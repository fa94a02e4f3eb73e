import type { TestShop } from './shop-for-tests.ts';
import type { DatabaseName } from './sources.ts';

/** Something that must never happen to a sound shop, and what the audit is to say of it. */
export interface Damage {
  title: string;
  /** What the sound shop has instead. */
  given?: { charges?: number[]; mails?: number };
  damage?: (shop: TestShop) => unknown;
  found: object[];
}

/** Damage done by changing rows behind a service's back. */
export const sql =
  (name: DatabaseName, statements: string) =>
  ({ change }: TestShop): Promise<unknown> =>
    change(name, statements);
