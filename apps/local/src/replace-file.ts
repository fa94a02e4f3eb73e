import { renameSync, writeFileSync } from 'node:fs';

/** Writes `value` as JSON in one step: a reader, or the next start, sees the old file or the new one. */
export function replaceFile(file: string, value: unknown, mode = 0o644): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(`${file}.new`, file);
}
