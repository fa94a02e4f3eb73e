import { ownIdentity, verifier } from '@chandlery/auth';
import { config } from '@chandlery/config';
import { CatalogueService, OrderService } from '@chandlery/contracts/order/v1/order';
import { database, migrated } from '@chandlery/database';
import { grpcServer, implement } from '@chandlery/grpc';
import { bus, consumer, relay } from '@chandlery/messaging';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { checkout } from './checkout.ts';
import { paymentClient } from './clients.ts';
import { Config } from './config.ts';
import { onPaymentCaptured } from './events/payment-captured.ts';
import { onPaymentDeclined } from './events/payment-declined.ts';
import { onPaymentRefunded } from './events/payment-refunded.ts';
import { onPaymentVoided } from './events/payment-voided.ts';
import { catalogueService } from './grpc/catalogue.ts';
import { orderService } from './grpc/orders.ts';
import { migrations } from './migrations.ts';
import { sagaWorker } from './saga.ts';
import { productStore } from './store/products.ts';
import type { Tables } from './store/tables.ts';
import { orderWatch } from './watch.ts';

const name = 'order';
const settings = config(Config);
const log = logger(name, settings.LOG_LEVEL);
const db = database<Tables>(settings.DATABASE_URL, { max: settings.DATABASE_CONNECTIONS });
const events = await bus(settings, name, log);
const { PAYMENT_SERVICE_URL, PAYMENT_CONCURRENCY } = settings;
const identity = ownIdentity(name, settings.SERVICE_PRIVATE_KEY);
const payments = paymentClient(PAYMENT_SERVICE_URL, identity, PAYMENT_CONCURRENCY);
const orders = checkout(db, payments, log);
const watch = orderWatch(settings.DATABASE_URL, db, log);
const handlers = [onPaymentCaptured, onPaymentDeclined, onPaymentRefunded, onPaymentVoided];
const incoming = consumer({ bus: events, db, group: name, handlers, log });
const verify = verifier({ userKeys: new URL(settings.USER_JWKS_URL), serviceKeys: settings.SERVICE_PUBLIC_KEYS });
const services = [
  implement(CatalogueService, catalogueService(productStore(db))),
  implement(OrderService, orderService(db, orders, watch)),
];
const priorities = { placeOrder: 'critical', cancelOrder: 'critical', listProducts: 'sheddable' } as const;
const server = grpcServer({ log, verify, services, priorities });

await startService({
  name,
  settings,
  log,
  health: { required: { database: () => migrated(db, migrations) }, alive: { consumer: incoming.alive } },
  onDrain: server.drain,
  parts: [
    { name: 'database', stop: () => db.destroy() },
    { name: 'payment client', stop: payments.close },
    { name: 'bus', stop: () => events.stop() },
    relay({ url: settings.DATABASE_URL, bus: events, source: name, log }),
    incoming,
    sagaWorker({ db, checkout: orders, log, giveUpMs: settings.GIVE_UP_MS }),
    { name: 'grpc', start: () => server.listen(settings.GRPC_PORT, settings.HOST), stop: () => server.stop() },
    watch,
  ],
});
