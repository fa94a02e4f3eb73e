import type { Verify } from '@chandlery/auth';
import { httpServer } from '@chandlery/http';
import type { KeyValue } from '@chandlery/keyvalue';
import type { Logger } from '@chandlery/telemetry';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { authentication } from './authentication.ts';
import type { Canary } from './canary.ts';
import type { Clients } from './clients.ts';
import { apiKeyRoutes } from './http/api-keys.ts';
import { jwksRoutes } from './http/jwks.ts';
import { orderEventRoutes } from './http/order-events.ts';
import { orderRoutes } from './http/orders.ts';
import { productRoutes } from './http/products.ts';
import { sessionRoutes } from './http/sessions.ts';
import { userRoutes } from './http/users.ts';
import { idempotency } from './idempotency.ts';
import { type LimitSettings, limits } from './limits.ts';
import { priorityOf } from './priorities.ts';
import { sessions } from './sessions.ts';

export interface Parts {
  log: Logger;
  clients: Clients;
  canary: Pick<Canary, 'hook'>;
  kept: KeyValue;
  verify: Verify;
  jwksUrl: string;
  trustProxy: string | false;
  settings: LimitSettings;
}

const info = { title: 'Chandlery', version: '1', description: 'A ship chandler’s shop.' };
const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
} as const;

/** The gateway's HTTP server, without a port. */
export async function app({ log, clients, canary, kept, verify, jwksUrl, trustProxy, settings }: Parts) {
  const open = sessions(kept, clients.users);
  const who = authentication(verify, open);
  const limited = limits(kept, who, settings);
  const server = httpServer({
    log,
    trustProxy,
    userId: (request) => who.visitor(request)?.id,
    shed: priorityOf,
  });
  server.addHook('onRequest', canary.hook);
  server.addHook('onRequest', who.look);
  server.addHook('onRequest', limited.general);
  await server.register(swagger, {
    openapi: { openapi: '3.1.0', info, components: { securitySchemes }, security: [{ bearer: [] }, { apiKey: [] }] },
  });
  await server.register(swaggerUi, { routePrefix: '/docs' });
  await server.register(
    async (api) => {
      await api.register(userRoutes, { clients, who, limits: limited });
      await api.register(sessionRoutes, { clients, who, sessions: open, limits: limited });
      await api.register(apiKeyRoutes, { clients, who, sessions: open });
      await api.register(productRoutes, { clients, who });
      await api.register(orderRoutes, { clients, who, once: idempotency(kept) });
      await api.register(orderEventRoutes, { clients, who });
    },
    { prefix: '/api/v1' },
  );
  await server.register(jwksRoutes, { url: jwksUrl, kept });
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  for (const page of ['/openapi.json', '/docs', '/.well-known/jwks.json']) {
    server.get(`/api/v1${page}`, { schema: { hide: true } }, async (_, reply) => reply.redirect(page, 308));
  }
  return server;
}
