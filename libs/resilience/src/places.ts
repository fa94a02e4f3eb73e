/** At most `limit` hold a place; the others wait, first come, first served. Whose signal is aborted leaves the queue at once. */
export function places(limit: () => number) {
  const queue = new Set<() => void>();
  let taken = 0;

  function next(): void {
    for (const enter of queue) {
      if (taken >= limit()) return;
      queue.delete(enter);
      taken++;
      enter();
    }
  }

  function leave(): void {
    taken--;
    next();
  }

  return {
    /** What gives the place back, to be called once; undefined where there is none without a wait. */
    take(): (() => void) | undefined {
      if (queue.size > 0 || taken >= limit()) return undefined;
      taken++;
      return leave;
    },
    /** The same, after a wait. */
    async enter(signal = new AbortController().signal): Promise<() => void> {
      const { promise: entered, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => queue.delete(resolve) && reject(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener('abort', giveUp, { once: true });
      queue.add(resolve);
      next();
      await entered.finally(() => signal.removeEventListener('abort', giveUp));
      // the place and the end of the wait came at the same time
      if (signal.aborted) leave();
      signal.throwIfAborted();
      return leave;
    },
    waiting: (): number => queue.size,
  };
}
