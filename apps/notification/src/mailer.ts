import nodemailer from 'nodemailer';
import type { LeasedMail } from './store/mails.ts';

export interface MailerOptions {
  /** `smtp://host:port` or `smtps://`, with user and password where the server wants them. */
  url: string;
  /** Sender, an address or `Name <address>`. */
  from: string;
  /** Mails at a time, each over its own connection. */
  connections: number;
  /** How long one mail may take in all. */
  timeoutMs: number;
}

export type Mailer = ReturnType<typeof mailer>;

/** Hands mails to the mail server. The Message-ID comes from the event: whoever gets a mail twice can tell. */
export function mailer({ url, from, connections, timeoutMs }: MailerOptions) {
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>\s*$/, '');
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxRequeues: 1, // a kept connection that the server has closed meanwhile; every other repeat is the queue's
    idleTimeout: 30_000,
    connectionTimeout: timeoutMs / 2,
    greetingTimeout: timeoutMs / 2,
    socketTimeout: timeoutMs,
  });
  return {
    /** Resolves with the Message-ID when the server has taken the mail. */
    async send({ eventId, orderId, email, name, subject, body }: LeasedMail): Promise<string> {
      const messageId = `<${eventId}@${domain}>`;
      await transport.sendMail({
        from,
        to: { name, address: email },
        subject,
        text: body,
        messageId,
        headers: { 'X-Order-Id': orderId },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return messageId;
    },

    close: () => transport.close(),
  };
}

/** What became of a mail that was not taken. */
export interface Refusal {
  /** `failed`: never again. `deferred`: this mail later. `unavailable`: the server serves nobody now. */
  outcome: 'failed' | 'deferred' | 'unavailable';
  /** Codes alone: the server's words can hold the address. */
  reason: string;
}

/** Reads an SMTP error. Only an answer about this mail can fail it: refused credentials or a 5xx greeting are about us. */
export function refusal(error: unknown): Refusal {
  const { code = 'unknown', responseCode, command = 'us' } = error as SmtpError;
  const aboutThisMail = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== 421;
  if (aboutThisMail && !responseCode) return { outcome: 'failed', reason: `not a mail that can be sent: ${code}` };
  const answer = `the mail server answered ${responseCode} to ${command}`;
  const reason = responseCode ? answer : `no answer from the mail server: ${code}`;
  if (!aboutThisMail) return { outcome: 'unavailable', reason };
  return { outcome: responseCode === 503 || Number(responseCode) < 500 ? 'deferred' : 'failed', reason };
}

interface SmtpError {
  code?: string;
  responseCode?: number;
  command?: string;
}
