import { verifier } from '@chandlery/auth';
import { config } from '@chandlery/config';
import { database, migrated } from '@chandlery/database';
import { grpcServer } from '@chandlery/grpc';
import { drain, httpServer } from '@chandlery/http';
import { bus, relay } from '@chandlery/messaging';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { cancelling } from './cancel.ts';
import { charging } from './charge.ts';
import { Config } from './config.ts';
import { paymentService } from './grpc/payments.ts';
import { stripeWebhooks } from './http/webhooks.ts';
import { migrations } from './migrations.ts';
import { provider } from './provider.ts';
import { recovery } from './recovery.ts';
import { settling } from './settle.ts';
import { paymentStore } from './store/payments.ts';
import type { Tables } from './store/tables.ts';

const name = 'payment';
const settings = config(Config);
const log = logger(name, settings.LOG_LEVEL);
const db = database<Tables>(settings.DATABASE_URL, { max: settings.DATABASE_CONNECTIONS });
const events = await bus(settings, name, log);
const payments = paymentStore(db);
const stripe = provider({
  apiKey: settings.STRIPE_API_KEY,
  host: settings.STRIPE_HOST,
  deadlineMs: settings.STRIPE_DEADLINE_MS,
});
const settle = settling({ payments, provider: stripe, log, leaseMs: settings.LEASE_MS });
const service = paymentService({ payments, charge: charging(payments, settle), cancel: cancelling(payments, settle) });
const verify = verifier({ userKeys: new URL(settings.USER_JWKS_URL), serviceKeys: settings.SERVICE_PUBLIC_KEYS });
const priorities = { charge: 'critical', cancel: 'critical' } as const;
const grpc = grpcServer({ log, verify, services: [service], priorities });
const http = httpServer({ log, shed: () => 'critical' });
http.register(stripeWebhooks, { payments, secret: settings.STRIPE_WEBHOOK_SECRET, log });

await startService({
  name,
  settings,
  log,
  health: { required: { database: () => migrated(db, migrations) } },
  onDrain: () => {
    grpc.drain();
    drain(http);
  },
  parts: [
    { name: 'database', stop: () => db.destroy() },
    { name: 'bus', stop: () => events.stop() },
    relay({ url: settings.DATABASE_URL, bus: events, source: name, log }),
    recovery({ payments, settle, log, intervalMs: settings.RECOVERY_INTERVAL_MS }),
    {
      name: 'http',
      start: () => http.listen({ host: settings.HOST, port: settings.HTTP_PORT }),
      stop: () => http.close(),
    },
    { name: 'grpc', start: () => grpc.listen(settings.GRPC_PORT, settings.HOST), stop: () => grpc.stop() },
  ],
});
