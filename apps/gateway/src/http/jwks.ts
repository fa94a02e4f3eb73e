import { Failure, transient } from '@chandlery/errors';
import type { KeyValue } from '@chandlery/keyvalue';
import { cached } from '@chandlery/resilience';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';

const CACHE_S = 300;
const TIMEOUT_MS = 2_000;

/** The public keys of access tokens, as user publishes them: a second old at the most, or up to an hour where user cannot be asked. */
export const jwksRoutes: FastifyPluginAsyncTypebox<{ url: string; kept: KeyValue }> = async (app, { url, kept }) => {
  const keys = cached({ target: 'jwks', store: kept, ttlMs: 1_000, staleMs: 3_600_000, transient });

  async function ask(): Promise<unknown> {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause) => {
      throw new Failure('unavailable', 'user is not available', { cause });
    });
    if (!answer.ok) throw new Failure('unavailable', 'user is not available');
    return answer.json();
  }

  app.get('/.well-known/jwks.json', {
    schema: { summary: 'The keys that access tokens are signed with.' },
    handler: async (_, reply) =>
      reply.header('cache-control', `public, max-age=${CACHE_S}`).send(await keys('all', ask)),
  });
};
