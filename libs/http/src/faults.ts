import { callsFail, LostAnswer, through } from '@chandlery/faults';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';

/** A request at a place for faults. */
interface Visit {
  /** The answer is about to be sent, by whoever does that: with it the work is done. */
  made(): void;
  /** What the faults make of the work. */
  fate: Promise<void>;
}

/** Makes each route a place for faults, under the name of its span. An answer that is to be lost is a connection that breaks. */
export function breakable(app: FastifyInstance): void {
  const visits = new WeakMap<FastifyRequest, Visit>();
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    const point = `${route.method} ${route.url}`;
    const broken: RouteHandlerMethod = async function (request, reply) {
      const [made, fate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      visits.set(request, { made: made.resolve, fate: fate.promise });
      let answering: unknown;
      const work = async () => {
        answering = handler.call(this, request, reply);
        await Promise.race([answering, made.promise]);
      };
      fate.resolve(through(point, work));
      await fate.promise.catch((error) => lose(point, reply, error));
      return answering;
    };
    route.handler = function (request, reply) {
      return (callsFail() ? broken : handler).call(this, request, reply);
    };
  });
  // a handler that sends by itself ends when its answer is out, which is too late to lose it
  app.addHook('onSend', (request, _reply, payload, done) => {
    const visit = visits.get(request);
    if (!visit) return done(null, payload);
    const send = () => done(null, payload);
    visit.made();
    visit.fate.then(send, send);
  });
}

function lose(point: string, reply: FastifyReply, error: unknown): void {
  if (!(error instanceof LostAnswer) || error.point !== point) throw error;
  reply.hijack();
  reply.raw.destroy();
}
