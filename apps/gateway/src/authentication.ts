import type { Identity, Verify } from '@chandlery/auth';
import { Failure } from '@chandlery/errors';
import type { FastifyRequest } from 'fastify';
import type { Sessions } from './sessions.ts';

export type Authentication = ReturnType<typeof authentication>;

/** Who asks: by a bearer token, or by an API key, which becomes a token. Every service behind us checks the token again. */
export function authentication(verify: Verify, sessions: Sessions) {
  const known = new WeakMap<FastifyRequest, Identity | Failure>();

  async function token({ headers }: FastifyRequest): Promise<string | undefined> {
    const { authorization, 'x-api-key': apiKey } = headers;
    if (authorization) return /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
    return typeof apiKey === 'string' ? sessions.tokenFor(apiKey) : undefined;
  }

  async function identify(request: FastifyRequest): Promise<Identity | Failure> {
    try {
      const given = await token(request);
      if (given === undefined) return new Failure('unauthenticated', 'a token is needed', { reason: 'token-missing' });
      const identity = await verify(given);
      if (identity.kind !== 'user')
        return new Failure('unauthenticated', 'not a user’s token', { reason: 'token-invalid' });
      if (await sessions.isOpen(identity.sessionId ?? '')) return identity;
      return new Failure('unauthenticated', 'the session has ended', { reason: 'session-ended' });
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  return {
    /** Looks once at each request's credential; what comes of it is asked for later, where it matters. */
    async look(request: FastifyRequest): Promise<void> {
      known.set(request, await identify(request));
    },

    /** The user, or undefined; never an error: for pages that are for everyone. */
    visitor(request: FastifyRequest): Identity | undefined {
      const identity = known.get(request);
      return identity instanceof Failure ? undefined : identity;
    },

    /** The user's token, to pass on; without a good one the request ends here. */
    user(request: FastifyRequest): { id: string; sessionId: string; token: string } {
      const identity = known.get(request);
      if (!identity) throw new Error('nobody has looked at this request');
      if (identity instanceof Failure) throw identity;
      return { id: identity.id, sessionId: identity.sessionId ?? '', token: identity.token };
    },
  };
}
