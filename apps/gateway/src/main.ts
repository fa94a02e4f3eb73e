import { ownIdentity, verifier } from '@chandlery/auth';
import { config } from '@chandlery/config';
import { drain } from '@chandlery/http';
import { keyValue } from '@chandlery/keyvalue';
import { startService } from '@chandlery/service';
import { logger } from '@chandlery/telemetry';
import { app } from './app.ts';
import { canaryPages } from './canary/pages.ts';
import { canary } from './canary.ts';
import { clients } from './clients.ts';
import { Config } from './config.ts';

const name = 'gateway';
const settings = config(Config);
const log = logger(name, settings.LOG_LEVEL);
const kept = keyValue(settings, log);
const canaries = canary({ kept, log, settings });
const peers = clients(settings, ownIdentity(name, settings.SERVICE_PRIVATE_KEY), canaries);
const jwksUrl = settings.USER_JWKS_URL;
const verify = verifier({ userKeys: new URL(jwksUrl), serviceKeys: settings.SERVICE_PUBLIC_KEYS });
const trustProxy = settings.TRUST_PROXY ?? false;
const http = await app({ log, clients: peers, canary: canaries, kept, verify, jwksUrl, trustProxy, settings });

await startService({
  name,
  settings,
  log,
  health: { optional: { keyvalue: () => kept.healthy() } },
  pages: canaryPages(canaries),
  onDrain: () => drain(http),
  parts: [
    { name: 'keyvalue', stop: () => kept.stop() },
    { name: 'clients', stop: () => Object.values(peers).map((peer) => peer.close()) },
    canaries.part,
    {
      name: 'http',
      start: () => http.listen({ host: settings.HOST, port: settings.HTTP_PORT }),
      stop: () => http.close(),
    },
  ],
});
