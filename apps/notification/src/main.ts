import { verifier } from '@chandlery/auth';
import { config } from '@chandlery/config';
import { NotificationService } from '@chandlery/contracts/notification/v1/notification';
import { database, listener, migrated } from '@chandlery/database';
import { grpcServer, implement } from '@chandlery/grpc';
import { bus, consumer } from '@chandlery/messaging';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { Config } from './config.ts';
import { onOrderCancelled } from './events/order-cancelled.ts';
import { onOrderPaid } from './events/order-paid.ts';
import { onUserRegistered } from './events/user-registered.ts';
import { onUserUpdated } from './events/user-updated.ts';
import { notificationService } from './grpc/notifications.ts';
import { mailQueue } from './mail-queue.ts';
import { mailer } from './mailer.ts';
import { migrations } from './migrations.ts';
import { mailStore, mailsChannel } from './store/mails.ts';
import type { Tables } from './store/tables.ts';

const name = 'notification';
const settings = config(Config);
const { DATABASE_URL: url, MAIL_CONCURRENCY: concurrency, MAIL_TIMEOUT_MS: timeoutMs } = settings;
const log = logger(name, settings.LOG_LEVEL);
const db = database<Tables>(url);
const mails = mailStore(db);
const sender = mailer({ url: settings.SMTP_URL, from: settings.MAIL_FROM, connections: concurrency, timeoutMs });
const queue = mailQueue({ mails, mailer: sender, log, concurrency, leaseMs: 4 * timeoutMs });
const events = await bus(settings, name, log);
const handlers = [onUserRegistered, onUserUpdated, onOrderPaid, onOrderCancelled];
const incoming = consumer({ bus: events, db, group: name, handlers, log });
const verify = verifier({ userKeys: new URL(settings.USER_JWKS_URL), serviceKeys: settings.SERVICE_PUBLIC_KEYS });
const services = [implement(NotificationService, notificationService(mails))];
const server = grpcServer({ log, verify, services, priorities: { listNotifications: 'sheddable' } });

await startService({
  name,
  settings,
  log,
  health: {
    required: { database: () => migrated(db, migrations) },
    optional: { 'mail server': queue.answered },
    alive: { consumer: incoming.alive },
  },
  onDrain: server.drain,
  parts: [
    { name: 'database', stop: () => db.destroy() },
    { name: 'mailer', stop: sender.close },
    queue,
    listener({ url, channel: mailsChannel, log, heard: queue.wake }),
    { name: 'bus', stop: () => events.stop() },
    incoming,
    { name: 'grpc', start: () => server.listen(settings.GRPC_PORT, settings.HOST), stop: () => server.stop() },
  ],
});
