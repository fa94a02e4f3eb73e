import type { Logger } from '@chandlery/telemetry';

/** Something with a lifetime. `stop` finishes what is in flight, then resolves; it is called only when `start` has succeeded. */
export interface Part {
  name: string;
  start?(): Promise<unknown> | unknown;
  stop?(): Promise<unknown> | unknown;
}

/** Parts that start in order and stop in reverse. */
export function lifetime(parts: readonly Part[], log: Logger) {
  const running: Part[] = [];
  let busy: string | undefined;
  let stopping = false;
  let starting: Promise<void> | undefined;

  async function startInOrder(): Promise<void> {
    for (const part of parts) {
      if (stopping) return;
      busy = part.name;
      await part.start?.();
      running.push(part);
    }
  }

  return {
    /** The part that is starting or stopping, or did so last. */
    busy: () => busy,
    /** Rejects as the first part that cannot start does; resolves early when `stop` is called meanwhile. */
    start(): Promise<void> {
      starting = startInOrder();
      return starting;
    },
    /** Stops what has started. A part in the middle of its start is waited for. */
    async stop(): Promise<void> {
      stopping = true;
      await starting?.catch(() => undefined); // whoever started it was told
      for (let part = running.pop(); part; part = running.pop()) {
        busy = part.name;
        try {
          await part.stop?.();
        } catch (error) {
          log.error({ err: error, part: part.name }, 'could not stop cleanly');
        }
      }
    },
  };
}
