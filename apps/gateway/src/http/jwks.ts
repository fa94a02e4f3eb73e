import { Failure } from '@chandlery/errors';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';

const CACHE_S = 300;
const TIMEOUT_MS = 2_000;

/** The public keys of access tokens, as user publishes them. */
export const jwksRoutes: FastifyPluginAsyncTypebox<{ url: string }> = async (app, { url }) => {
  app.get('/.well-known/jwks.json', {
    schema: { summary: 'The keys that access tokens are signed with.' },
    handler: async (_, reply) => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause) => {
        throw new Failure('unavailable', 'user is not available', { cause });
      });
      if (!answer.ok) throw new Failure('unavailable', 'user is not available');
      return reply.header('cache-control', `public, max-age=${CACHE_S}`).send(await answer.json());
    },
  });
};
