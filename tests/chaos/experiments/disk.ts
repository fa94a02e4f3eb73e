import { rmSync, statfsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../../apps/local/src/problem.ts';
import type { Disruption } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';

const MOST_BYTES = 4 * 2 ** 30;
const CHUNK = Buffer.alloc(2 ** 20, 1);

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC';

/** Writes to a file until nobody can write any more. */
async function fill(file: string): Promise<void> {
  for (let bytes = CHUNK; bytes.length > 0; ) {
    try {
      await appendFile(file, bytes);
    } catch (error) {
      if (!isFull(error)) throw error;
      bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
    }
  }
}

/** Takes the last byte of the disk on which the shop keeps its state: PostgreSQL, the provider's ledger, the logs. Only of a small one. */
const full: Disruption = {
  name: 'the disk is full',
  begin: async ({ data }) => {
    const { blocks, bsize } = statfsSync(data ?? '/');
    if (!data || blocks * bsize > MOST_BYTES) {
      const how = 'mount -t tmpfs -o size=700m tmpfs /mnt/small, then --data /mnt/small/shop';
      throw new Problem(`disk-full fills the disk of --data, so that must be a small one of its own: ${how}`, {
        exitCode: 2,
      });
    }
    const ballast = join(data, 'ballast');
    await fill(ballast);
    return () => rmSync(ballast);
  },
};

export const diskFull: Experiment = {
  name: 'disk-full',
  hypothesis:
    'The disk is full for 10 seconds: orders are refused with 503, and when there is room again all goes on by itself.',
  targets: ['embedded'],
  disruption: full,
  lastsMs: 10_000,
  recoversInMs: 60_000,
};
