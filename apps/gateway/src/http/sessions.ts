import type { Tokens } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import type { Limits } from '../limits.ts';
import type { Sessions } from '../sessions.ts';
import { Strict } from './bodies.ts';

const TokensBody = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresIn: Type.Integer({ description: 'Seconds.' }),
});

const tokensBody = ({ accessToken, refreshToken, expiresIn }: Tokens) => ({ accessToken, refreshToken, expiresIn });

interface Options {
  clients: Clients;
  who: Authentication;
  sessions: Sessions;
  limits: Limits;
}

export const sessionRoutes: FastifyPluginAsyncTypebox<Options> = async (
  app,
  { clients: { users }, who, sessions, limits },
) => {
  app.post('/sessions', {
    onRequest: limits.signIn,
    schema: {
      summary: 'Signs in.',
      body: Strict({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1_000 }) }),
      response: { 201: TokensBody },
    },
    handler: async ({ body }, reply) => {
      const tokens = await users.signIn(body);
      await sessions.opened(tokens.sessionId);
      return reply.status(201).send(tokensBody(tokens));
    },
  });

  app.post('/sessions/refresh', {
    schema: {
      summary: 'New tokens for a refresh token. One that was used before ends its session.',
      body: Strict({ refreshToken: Type.String({ maxLength: 200 }) }),
      response: { 201: TokensBody },
    },
    handler: async ({ body }, reply) => {
      const { outcome } = await users.refresh(body);
      if (outcome.case === 'tokens') return reply.status(201).send(tokensBody(outcome.value));
      if (outcome.case === 'endedSessionId') await sessions.ended(outcome.value);
      throw new Failure('unauthenticated', 'this refresh token was used before', { reason: 'refresh-token-reused' });
    },
  });

  app.delete('/sessions', {
    schema: { summary: 'Signs out; the access token ends too.', response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      const { token, sessionId } = who.user(request);
      await users.signOut({}, { token });
      await sessions.ended(sessionId);
      return reply.status(204).send(null);
    },
  });
};
