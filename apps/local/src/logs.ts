import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const LARGE = 10 * 1024 * 1024;
const TAIL = 16 * 1024;

/** Makes a log's file, and returns its size; a large one of an earlier run becomes `<file>.old` first. */
export function prepareLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGE) renameSync(file, `${file}.old`);
  closeSync(openSync(file, 'a'));
  return statSync(file).size;
}

function tail(file: string, since: number): string {
  const fd = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    const from = Math.max(since, size - TAIL);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    readSync(fd, buffer, 0, buffer.length, from);
    return buffer.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

/** One log line as a person reads it: level, message, and the error's own message; what isn't JSON stays as it is. */
function readable(line: string): string {
  try {
    const { level, message, err } = JSON.parse(line) as {
      level?: string;
      message?: string;
      err?: { message?: string };
    };
    return [level, message, err?.message && `(${err.message})`].filter(Boolean).join(' ');
  } catch {
    return line;
  }
}

const tellsNothing = (line: string) => /^\s*(at .*|[{}^]*|Node\.js v.*)$/.test(line);

/** The last `count` lines of a log which say something, made readable; of those after byte `since` alone. */
export const lastLines = (file: string, count: number, since = 0): string[] =>
  tail(file, since)
    .split('\n')
    .filter((line) => !tellsNothing(line))
    .slice(-count)
    .map(readable);
