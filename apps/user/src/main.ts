import { config } from '@chandlery/config';
import { database, migrated } from '@chandlery/database';
import { drain } from '@chandlery/http';
import { bus, relay } from '@chandlery/messaging';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { app } from './app.ts';
import { Config } from './config.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './store/tables.ts';

const name = 'user';
const settings = config(Config);
const { HOST: host, HTTP_PORT: port, GRPC_PORT, DATABASE_URL: url } = settings;
const log = logger(name, settings.LOG_LEVEL);
const db = database<Tables>(url);
const events = await bus(settings, name, log);
const { http, grpc } = app({ db, log, settings });

const health = { required: { database: () => migrated(db, migrations) } };
const parts = [
  { name: 'database', stop: () => db.destroy() },
  { name: 'bus', stop: () => events.stop() },
  relay({ url, bus: events, source: name, log }),
  { name: 'grpc', start: () => grpc.listen(GRPC_PORT, host), stop: grpc.stop },
  { name: 'http', start: () => http.listen({ host, port }), stop: () => http.close() },
];
const onDrain = () => {
  grpc.drain();
  drain(http);
};
await startService({ name, settings, log, health, onDrain, parts });
