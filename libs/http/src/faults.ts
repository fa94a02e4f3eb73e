import { LostAnswer, through } from '@chandlery/faults';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';

/** Makes each route a place for faults, under the name of its span. An answer that is to be lost is a connection that breaks. */
export function breakable(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    const point = `${route.method} ${route.url}`;
    const answer: RouteHandlerMethod = async function (request, reply) {
      return through(point, async () => handler.call(this, request, reply)).catch((error) => lose(point, reply, error));
    };
    route.handler = answer;
  });
}

function lose(point: string, reply: FastifyReply, error: unknown): void {
  if (!(error instanceof LostAnswer) || error.point !== point) throw error;
  reply.hijack();
  reply.raw.destroy();
}
