import { config } from '@chandlery/config';
import { drain } from '@chandlery/http';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { app } from './app.ts';
import { Config, receiver } from './config.ts';
import { faults } from './faults.ts';
import { smtp } from './smtp.ts';
import { ledger } from './store/ledger.ts';
import { webhooks } from './webhooks.ts';

const settings = config(Config);
const { HOST: host, HTTP_PORT: port, SMTP_PORT } = settings;
const log = logger('sandbox', settings.LOG_LEVEL);
const book = ledger(settings.DATA_DIR);
const illness = faults();
const hooks = webhooks({ receiver: receiver(settings), ledger: book, log });
const http = app({ ledger: book, faults: illness, webhooks: hooks, log });
const mail = smtp({ ledger: book, faults: illness, log });

const parts = [
  { name: 'ledger', stop: book.close },
  { name: 'webhooks', start: hooks.start, stop: hooks.stop },
  { name: 'smtp', start: () => mail.listen(SMTP_PORT, host), stop: mail.close },
  { name: 'http', start: () => http.listen({ host, port }), stop: () => http.close() },
  { name: 'faults', stop: illness.clear },
];
await startService({ name: 'sandbox', settings, log, onDrain: () => drain(http), parts });
