import { httpServer } from '@chandlery/http';
import type { Logger } from '@chandlery/telemetry';
import { type Clock, clock as realClock } from './clock.ts';
import type { Faults } from './faults.ts';
import { endpoint } from './http/endpoint.ts';
import { sandboxRoutes } from './http/sandbox.ts';
import { stripeApi } from './http/stripe.ts';
import type { Ledger } from './store/ledger.ts';
import type { Webhooks } from './webhooks.ts';

export interface AppOptions {
  ledger: Ledger;
  faults: Faults;
  webhooks: Webhooks;
  log: Logger;
  clock?: Clock;
}

/** The provider's API under /v1, and what the sandbox shows of itself under /sandbox. Faults touch /v1 alone. */
export function app({ ledger, faults, webhooks, log, clock = realClock }: AppOptions) {
  const server = httpServer({ log });
  const provider = { endpoint: endpoint({ ledger, faults, clock }), ledger, webhooks, clock };
  server.register(stripeApi, { prefix: '/v1', provider, log });
  server.register(sandboxRoutes, { ledger, faults });
  return server;
}
