import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Failure } from '@chandlery/errors';
import type { Logger } from '@chandlery/telemetry';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { v7 } from 'uuid';
import { type Clock, clock as realClock } from './clock.ts';
import type { Connection, Faults } from './faults.ts';
import type { Ledger } from './store/ledger.ts';
import type { Mail } from './store/mails.ts';

export interface SmtpOptions {
  ledger: Ledger;
  faults: Faults;
  log: Logger;
  clock?: Clock;
}

const MAX_BYTES = 2 * 1024 * 1024;

async function mailOf(raw: Uint8Array, { envelope }: SMTPServerSession, receivedAt: number): Promise<Mail> {
  const { headers, subject, messageId } = await PostalMime.parse(raw);
  return {
    id: v7(),
    orderId: headers.find(({ key }) => key === 'x-order-id')?.value ?? null,
    to: envelope.rcptTo.map(({ address }) => address).join(', '),
    subject: subject ?? '',
    messageId: messageId ?? '',
    receivedAt,
  };
}

/** An SMTP reply other than 250. */
const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

function connectionOf(socket: Socket): Connection {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  return { gone: gone.signal, cut: () => socket.destroy() };
}

/** Takes every mail and delivers none. A mail that was answered with 250 is in the ledger. */
export function smtp({ ledger, faults, log, clock = realClock }: SmtpOptions) {
  const connections = new Map<string, Connection>();

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string | undefined> {
    const raw = await buffer(stream);
    if (stream.sizeExceeded) throw refusal(552, 'too large');
    const connection = connections.get(session.id);
    if (!connection) return undefined;
    const kept = await faults.through('smtp', connection, async () => {
      const mail = await mailOf(raw, session, clock.now());
      ledger.mails.add(mail, raw);
      log.info({ orderId: mail.orderId }, 'mail received');
      return mail;
    });
    return kept && `OK: queued as ${kept.id}`;
  }

  function refused(error: Error) {
    if ('responseCode' in error) return error;
    if (error instanceof Failure) return refusal(451, error.message);
    log.warn({ err: error }, 'mail not kept');
    return refusal(451, 'try again later');
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: 1_000,
    onConnect({ id }, callback) {
      // smtp-server has no other way from a session to its socket
      const socket = [...server.connections].find((connection) => connection.id === id)?._socket;
      if (socket) connections.set(id, connectionOf(socket));
      callback();
    },
    onClose: ({ id }) => connections.delete(id),
    onData(stream, session, callback) {
      receive(stream, session).then(
        (message) => message && callback(null, message),
        (error) => callback(refused(error)),
      );
    },
  });
  server.on('error', (error) => log.warn({ err: error }, 'smtp connection failed'));

  return {
    /** The port it listens on. */
    async listen(port: number, host: string): Promise<number> {
      await once(server.listen(port, host), 'listening');
      return (server.server.address() as { port: number }).port;
    },

    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
