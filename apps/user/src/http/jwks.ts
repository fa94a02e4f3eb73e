import type { Signer } from '@chandlery/auth';
import type { FastifyPluginAsync } from 'fastify';

/** The keys by which everyone can verify access tokens. */
export const jwksRoutes: FastifyPluginAsync<{ signer: Signer }> = async (app, { signer }) => {
  app.get('/.well-known/jwks.json', async (_, reply) => {
    reply.header('cache-control', 'public, max-age=300').type('application/jwk-set+json');
    return JSON.stringify(signer.jwks());
  });
};
