import { ownIdentity, verifier } from '@chandlery/auth';
import { config } from '@chandlery/config';
import { keyValue } from '@chandlery/keyvalue';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { app } from './app.ts';
import { clients } from './clients.ts';
import { Config } from './config.ts';

const name = 'gateway';
const settings = config(Config);
const log = logger(name, settings.LOG_LEVEL);
const kept = keyValue(settings, log);
const peers = clients(settings, ownIdentity(name, settings.SERVICE_PRIVATE_KEY));
const jwksUrl = settings.USER_JWKS_URL;
const verify = verifier({ userKeys: new URL(jwksUrl), serviceKeys: settings.SERVICE_PUBLIC_KEYS });
const trustProxy = settings.TRUST_PROXY ?? false;
const http = await app({ log, clients: peers, kept, verify, jwksUrl, trustProxy, settings });

await startService({
  name,
  settings,
  log,
  health: { optional: { keyvalue: () => kept.healthy() } },
  parts: [
    { name: 'keyvalue', stop: () => kept.stop() },
    { name: 'clients', stop: () => Object.values(peers).map((peer) => peer.close()) },
    {
      name: 'http',
      start: () => http.listen({ host: settings.HOST, port: settings.HTTP_PORT }),
      stop: () => http.close(),
    },
  ],
});
