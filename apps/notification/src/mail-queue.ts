import { type Backoff, backoffMs } from '@chandlery/resilience';
import { gauge } from '@chandlery/telemetry';
import { type DeliveryOptions, deliver } from './delivery.ts';

export interface MailQueueOptions extends DeliveryOptions {
  /** Mails at a time. */
  concurrency: number;
  /** Longer than the mailer takes at most: when it ends, another worker may send the mail. */
  leaseMs: number;
  /** The safety net for lost wake-ups, and the grain of repeats. */
  pollMs?: number;
  /** Of the whole queue, while the mail server serves nobody. */
  outage?: Backoff;
}

/**
 * Sends what is queued, for ever: each mail once, unless this process dies between the server's answer and the note of it; then once more,
 * with the same Message-ID.
 */
export function mailQueue(options: MailQueueOptions) {
  const { mails, log, concurrency, leaseMs, pollMs = 1_000 } = options;
  const outage = outageGate(options.outage ?? { baseMs: 250, maxMs: 5_000 });
  const bell = doorbell();
  const sending = new Set<Promise<void>>();
  let stopping = false;
  let running: Promise<void> | undefined;
  // a scrape must not fail for want of a database
  gauge('notification_queue_age_seconds', 'Age of the oldest mail that is not sent', [], async (age) =>
    age.set(await mails.ageSeconds().catch(() => Number.NaN)),
  );

  async function fill(): Promise<void> {
    const free = outage.limit(concurrency) - sending.size;
    for (const mail of free > 0 ? await mails.lease(free, leaseMs) : []) {
      const task = deliver(options, mail)
        .then(outage.note)
        .catch((error) => log.error({ err: error, mailId: mail.id }, 'mail left to its lease'))
        .finally(() => {
          sending.delete(task);
          bell.ring();
        });
      sending.add(task);
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await fill().catch((error) => log.error({ err: error }, 'mail queue could not be read'));
      await bell.wait(outage.leftMs() || pollMs);
    }
  }

  return {
    name: 'mail queue',
    start(): void {
      running = run();
    },
    /** Whether the mail server answered when it was last asked. */
    answered: () => !outage.lasts(),
    /** Looks whether something is due. */
    wake: bell.ring,
    /** Takes no more, and resolves when what was being sent is done. */
    async stop(): Promise<void> {
      stopping = true;
      bell.ring();
      await running;
      await Promise.all(sending);
    },
  };
}

/** Wakes one sleeper. A ring that nobody hears wakes the next to sleep. */
function doorbell() {
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  return {
    ring,
    async wait(ms: number): Promise<void> {
      const timer = setTimeout(ring, ms);
      await bell.promise;
      clearTimeout(timer);
      bell = Promise.withResolvers();
    },
  };
}

/** While the mail server serves nobody, one mail at a time finds out whether it is back, longer and longer apart. */
function outageGate(backoff: Backoff) {
  let failures = 0;
  let until = 0;
  const lasts = () => failures > 0;
  const leftMs = () => Math.max(0, until - Date.now());
  return {
    lasts,
    leftMs,
    /** How many mails may be on their way. */
    limit: (concurrency: number) => (!lasts() ? concurrency : leftMs() > 0 ? 0 : 1),
    note(outcome: Awaited<ReturnType<typeof deliver>>): void {
      failures = outcome === 'unavailable' ? failures + 1 : 0;
      until = lasts() ? Date.now() + backoffMs(backoff, failures - 1) : 0;
    },
  };
}
