import { signer, verifier } from '@chandlery/auth';
import type { Database } from '@chandlery/database';
import { grpcServer } from '@chandlery/grpc';
import { httpServer } from '@chandlery/http';
import type { Logger } from '@chandlery/telemetry';
import { userService } from './grpc/user-service.ts';
import { jwksRoutes } from './http/jwks.ts';
import { passwords } from './passwords.ts';
import { apiKeyStore } from './store/api-keys.ts';
import { sessionStore } from './store/sessions.ts';
import type { Tables } from './store/tables.ts';
import { userStore } from './store/users.ts';

export interface Needs {
  db: Database<Tables>;
  log: Logger;
  settings: { JWT_PRIVATE_KEYS: string; SERVICE_PUBLIC_KEYS: string };
}

/** Both servers of this service, without a port. */
export function app({ db, log, settings }: Needs) {
  const tokens = signer(settings.JWT_PRIVATE_KEYS);
  const http = httpServer({ log });
  http.register(jwksRoutes, { signer: tokens });
  const grpc = grpcServer({
    log,
    verify: verifier({ userKeys: tokens.jwks(), serviceKeys: settings.SERVICE_PUBLIC_KEYS }),
    services: [
      userService({
        users: userStore(db),
        sessions: sessionStore(db),
        apiKeys: apiKeyStore(db),
        passwords: passwords(),
        signer: tokens,
        log,
      }),
    ],
    // whoever buys has to be known
    priorities: { checkSession: 'critical', exchangeApiKey: 'critical' },
  });
  return { http, grpc };
}
