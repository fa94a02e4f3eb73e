import { AsyncLocalStorage } from 'node:async_hooks';
import { publish } from './events.ts';
import { Rejected } from './rejected.ts';
import { enabled } from './switches.ts';

interface Deadline {
  at: number;
  signal: AbortSignal;
}

const current = new AsyncLocalStorage<Deadline | undefined>();

/** Milliseconds left for the present work; Infinity where nobody set a deadline. */
export const remainingMs = (): number => (current.getStore()?.at ?? Number.POSITIVE_INFINITY) - Date.now();

/** Aborted when the present work's deadline has passed or its caller has gone away. */
export const signal = (): AbortSignal | undefined => current.getStore()?.signal;

/** Runs `work` without the deadline and the signal around it: it is not its caller's alone. */
export const detached = <T>(work: () => T): T => current.run(undefined, work);

/**
 * Runs `work` for at most `ms`, or what is left of the deadline around it if that is less. When the time is over the result is
 * `Rejected('deadline-exceeded')` and the signal is aborted; work that ignores the signal goes on, but nobody waits for it.
 */
export async function withDeadline<T>(
  target: string,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  caller?: AbortSignal,
): Promise<T> {
  const outer = current.getStore();
  const at = enabled('deadline')
    ? Math.min(Date.now() + ms, outer?.at ?? Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
  const left = at - Date.now();
  const exceeded = () => {
    publish({ target, event: 'deadline-exceeded' });
    return new Rejected(target, 'deadline-exceeded');
  };
  if (left <= 0) throw exceeded();
  const timer = new AbortController();
  const signals = [timer.signal, outer?.signal, caller].filter((given) => given !== undefined);
  const combined = signals.length > 1 ? AbortSignal.any(signals) : timer.signal;
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  // setTimeout takes 2^31 - 1 ms at most and turns more into 1
  const timeoutId = setTimeout(
    () => {
      const error = exceeded();
      // first, so that what the work makes of the signal cannot take its place
      reject(error);
      timer.abort(error);
    },
    Math.min(left, 2 ** 31 - 1),
  );
  try {
    return await Promise.race([current.run({ at, signal: combined }, () => work(combined)), timeout]);
  } finally {
    clearTimeout(timeoutId);
  }
}
