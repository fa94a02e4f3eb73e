import { Problem } from './problem.ts';

/** npm and the terminal may both hand on one Ctrl-C; only what comes later than this is a second one. */
const SAME_MS = 500;

/** The wishes of whoever runs this: the first Ctrl-C (or SIGTERM) aborts `stop`, the second one `hurry`. */
export function interruption(): { stop: AbortSignal; hurry: AbortSignal; stopped: Promise<void> } {
  const [stop, hurry] = [new AbortController(), new AbortController()];
  const stopped = Promise.withResolvers<void>();
  let since = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) {
        if (performance.now() - since > SAME_MS) hurry.abort();
        return;
      }
      since = performance.now();
      stop.abort(new Problem('stopped before it was ready', { exitCode: 0 }));
      stopped.resolve();
    });
  }
  return { stop: stop.signal, hurry: hurry.signal, stopped: stopped.promise };
}
