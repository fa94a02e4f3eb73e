/** What keeps the system from running, in one line which says what to do about it. */
export class Problem extends Error {
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** How to mend what was kept and can't be read; `start` is the command that can begin anew. */
export const damaged = (what: string, cause?: unknown, start = 'npm start'): Problem =>
  new Problem(`${what}: put it back from a copy, or begin anew with: ${start} -- --fresh`, { cause });

const diskFull = 'the disk is full: make room (see df -h), then start again';

/** Puts what the operating system or PostgreSQL says in terms of what to do; anything else is a bug, and stays what it is. */
export function explained(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device|disk is full/i.test(error.message)) {
    return new Problem(diskFull, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Problem(`may not write ${path ?? 'here'}: make it yours, or choose a place with --data DIR`, {
      cause: error,
    });
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new Problem(`${path} is not a directory: move it away, or choose a place with --data DIR`, { cause: error });
  }
  return error;
}
