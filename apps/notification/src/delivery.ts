import { type Backoff, backoffMs } from '@chandlery/resilience';
import { counter, type Logger, span } from '@chandlery/telemetry';
import { type Mailer, type Refusal, refusal } from './mailer.ts';
import type { LeasedMail, MailStore } from './store/mails.ts';

export interface DeliveryOptions {
  mails: MailStore;
  mailer: Mailer;
  log: Logger;
  /** Of a mail that the server put off. */
  retry?: Backoff;
}

type Result = { outcome: 'sent'; messageId: string } | Refusal;

const tries = counter('notification_mails_total', 'Tries to send a mail, by what became of them', [
  'template',
  'outcome',
]);

/** Tries to send one leased mail and notes what became of it, as part of the trace of its order. */
export function deliver(options: DeliveryOptions, mail: LeasedMail): Promise<Result['outcome']> {
  const { id: mailId, orderId, template, attempts } = mail;
  const attributes = { 'order.id': orderId, 'mail.id': mailId, 'mail.template': template };
  return span('mail deliver', { attributes, parent: mail.traceparent ?? undefined }, async () => {
    const started = performance.now();
    const result = await send(options.mailer, mail);
    await note(options, mail, result);
    const { outcome } = result;
    tries.inc({ template, outcome });
    const reason = outcome === 'sent' ? undefined : result.reason;
    const duration_ms = Math.round(performance.now() - started);
    const entry = { mailId, orderId, template, attempts, outcome, reason, duration_ms };
    options.log[outcome === 'sent' ? 'info' : 'warn'](entry, 'mail delivery');
    return outcome;
  });
}

const send = (mailer: Mailer, mail: LeasedMail): Promise<Result> =>
  span('mail send', { kind: 'CLIENT' }, () => mailer.send(mail)).then(
    (messageId) => ({ outcome: 'sent', messageId }),
    refusal,
  );

function note({ mails, retry }: DeliveryOptions, mail: LeasedMail, result: Result): Promise<void> {
  switch (result.outcome) {
    case 'sent':
      return mails.sent(mail, result.messageId);
    case 'failed':
      return mails.fail(mail, result.reason);
    case 'deferred':
      return mails.defer(mail, backoffMs(retry ?? { baseMs: 500, maxMs: 60_000 }, mail.attempts - 1), result.reason);
    case 'unavailable':
      return mails.defer(mail, 0, result.reason); // the queue waits as a whole; this mail goes to its end
  }
}
