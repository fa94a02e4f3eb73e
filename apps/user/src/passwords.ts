import { availableParallelism } from 'node:os';
import { Failure } from '@chandlery/errors';
import { places } from '@chandlery/resilience';
import { hash, verify } from '@node-rs/argon2';
import { normalPassword } from './domain/password.ts';
import { newSecret } from './secrets.ts';

/**
 * argon2id (the package's default) with 19 MiB, 2 passes and 1 lane: the minimum of OWASP's Password Storage Cheat Sheet,
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** One of libuv's four threads stays free: files and DNS share them. */
const parallelHashes = Math.min(availableParallelism(), 3);
/** A second or two of work: whoever waits longer has gone. */
const longestQueue = 64;

export interface Passwords {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /** Takes as long without a `hash` as with one, so the time does not tell who has an account. */
  matches(password: string, hash: string | undefined, signal?: AbortSignal): Promise<boolean>;
}

/** Hashes passwords off the event loop, a few at a time: each takes 19 MiB, and a burst of sign-ins must not take them all at once. */
export function passwords({ parallel = parallelHashes, waiting = longestQueue } = {}): Passwords {
  const inTurn = gate(parallel, waiting);
  const nobodys = hash(newSecret(), cost);
  return {
    hash: (password, signal) => inTurn(() => hash(normalPassword(password), cost), signal),
    async matches(password, stored, signal) {
      const expected = stored ?? (await nobodys);
      return (await inTurn(() => verify(expected, normalPassword(password)), signal)) && stored !== undefined;
    },
  };
}

/** Lets `parallel` pieces of work run and `waiting` more wait, first come, first served. Work whose caller has gone is not begun. */
function gate(parallel: number, waiting: number) {
  const turns = places(() => parallel);
  function enter(signal?: AbortSignal) {
    if (turns.waiting() < waiting) return turns.enter(signal);
    throw new Failure('unavailable', 'too many passwords to check', { reason: 'busy', retryAfterMs: 1_000 });
  }
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    const leave = turns.take() ?? (await enter(signal));
    return work().finally(leave);
  };
}
