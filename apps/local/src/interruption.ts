import { Problem } from './problem.ts';

/** npm and the terminal may both hand on one Ctrl-C; only what comes later than this is a second one. */
const SAME_MS = 500;

export interface Interruption {
  /** Aborts when there is reason to stop. */
  stop: AbortSignal;
  /** Aborts when there is no patience left. */
  hurry: AbortSignal;
  /** Resolves when someone wants it to stop, and fails when a bug does. */
  stopped: Promise<void>;
}

/** What can end this program from outside: the first Ctrl-C (or SIGTERM) means stop, the second one hurry. So does a bug mean stop. */
export function interruption(): Interruption {
  const [stop, hurry] = [new AbortController(), new AbortController()];
  const stopped = Promise.withResolvers<void>();
  stopped.promise.catch(() => undefined);
  let since = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted && performance.now() - since > SAME_MS) hurry.abort();
      if (stop.signal.aborted) return;
      since = performance.now();
      stop.abort(new Problem('stopped before it was ready', { exitCode: 0 }));
      stopped.resolve();
    });
  }
  process.on('uncaughtException', (error) => {
    stop.abort(error);
    stopped.reject(error);
  });
  return { stop: stop.signal, hurry: hurry.signal, stopped: stopped.promise };
}
