import { limiter, type Outcome, type Priority } from '@chandlery/resilience';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Lets in as many requests as are answered in time, by priority. The others get 503 and a Retry-After at once, before anybody asks who they are: what a
 * refusal costs is lost to those who are served.
 */
export function shedding(
  app: FastifyInstance,
  priorityOf: (request: FastifyRequest) => Priority | undefined,
  kindOf: (request: FastifyRequest) => string,
): void {
  const limit = limiter({ target: 'http' });
  app.addHook('onRequest', async (request, reply) => {
    const priority = priorityOf(request);
    // who has gone already will not go again
    if (!priority || reply.raw.destroyed) return;
    const leave = limit.enter(kindOf(request), priority);
    reply.raw.once('close', () => leave(outcome(reply)));
  });
}

function outcome({ raw, statusCode }: FastifyReply): Outcome {
  if (!raw.writableFinished || statusCode >= 500) return 'dropped';
  return statusCode < 400 ? 'success' : 'ignored';
}
