import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface Lock {
  release(): void;
}

const busy = (error: unknown) => (error as { errcode?: number }).errcode === 5;

/**
 * The lock at `file`, or undefined while another process holds it. It is the kernel's (through SQLite, which uses the right call on every
 * platform), so it ends with this process, however that ends: there is no stale lock.
 */
export function lock(file: string): Lock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database.close();
    if (busy(error)) return undefined;
    throw error;
  }
  return {
    release() {
      rmSync(file, { force: true });
      database.close();
    },
  };
}
