import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, span } from '@chandlery/telemetry';
import type { Payment } from './domain/payment.ts';
import type { Settle } from './settle.ts';
import type { PaymentStore } from './store/payments.ts';

export interface RecoveryOptions {
  payments: PaymentStore;
  settle: Settle;
  log: Logger;
  intervalMs: number;
}

const AT_ONCE = 10;

/**
 * Finishes cancels that were left unfinished: by a crash, or by a provider that was away. Charges it leaves alone, even reserved ones: to take
 * the money is for order to decide, which asks again or cancels until it has an answer, and a guess here could take it for a cancelled order.
 */
export function recovery({ payments, settle, log, intervalMs }: RecoveryOptions) {
  const stopping = new AbortController();
  let running = Promise.resolve();

  async function undo(payment: Payment): Promise<void> {
    const { orderId, status } = payment;
    try {
      await span('payment recovery', { attributes: { 'order.id': orderId } }, () => settle(payment));
    } catch (error) {
      log.warn(
        { orderId, status, reason: error instanceof Error ? error.message : 'unknown' },
        'cancel not finished yet',
      );
    }
  }

  async function round(): Promise<void> {
    const left = await payments.toUndo(AT_ONCE);
    await Promise.all(left.map(undo));
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error) => log.error({ err: error }, 'unfinished cancels could not be read'));
      await delay(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name: 'recovery',
    start(): void {
      running = run();
    },
    /** Resolves when what was being undone is done, or has failed. */
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
