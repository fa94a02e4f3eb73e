import { setTimeout as delay } from 'node:timers/promises';
import { enabled } from '@chandlery/resilience';
import type { Logger } from '@chandlery/telemetry';
import type { lifetime } from './lifetime.ts';

export interface EndingOptions {
  all: ReturnType<typeof lifetime>;
  /** Tells everyone that we are about to go. */
  drain: () => void;
  /** How long the parts may take to stop. */
  deadlineMs: number;
  log: Logger;
}

/** Ends the process in order, by `end(exit code, drain pause)`; being told again changes nothing. */
export function ending({ all, drain, deadlineMs, log }: EndingOptions) {
  let ended: Promise<void> | undefined;

  async function shutDown(code: number, pauseMs: number): Promise<void> {
    if (!enabled('drain')) {
      log.warn('ending at once, without a drain');
      process.exit(code);
    }
    log.info('draining');
    drain();
    if (pauseMs > 0) await delay(pauseMs); // without one it ends here and now, and no other part starts
    setTimeout(() => {
      log.error({ part: all.busy() }, 'did not stop in time');
      process.exit(1);
    }, deadlineMs);
    await all.stop();
    log.info('stopped');
    process.exit(code);
  }

  return {
    begun: (): boolean => ended !== undefined,
    end(code: number, pauseMs: number): Promise<void> {
      ended ??= shutDown(code, pauseMs);
      return ended;
    },
  };
}

/** A bug leaves the process in a state that nobody knows; whoever started it starts it afresh. */
export function endWithBugs(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error, action: event }, 'a bug ended the process');
      process.exit(1);
    });
  }
}
