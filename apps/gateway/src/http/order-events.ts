import { Readable } from 'node:stream';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { WatchOrderResponse } from '@chandlery/contracts/order/v1/order';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import { Id, Strict, statusName } from './bodies.ts';

/** A line that means nothing, so that proxies keep the connection. */
const HEARTBEAT_MS = 15_000;

function frame({ sequence, type, status, time }: WatchOrderResponse): string {
  const data = { type, status: statusName(status), time: time && timestampDate(time).toISOString() };
  return `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const orderEventRoutes: FastifyPluginAsyncTypebox<{ clients: Clients; who: Authentication }> = async (
  app,
  { clients, who },
) => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  app.get('/orders/:id/events', {
    config: { deadlineMs: Number.POSITIVE_INFINITY },
    schema: {
      summary: 'The order’s journey as it happens, until it has ended. Last-Event-ID goes on where a client left.',
      params: Strict({ id: Id }),
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^\\d{1,18}$' })) }),
      produces: ['text/event-stream'],
    },
    handler: async (request, reply) => {
      const { token } = who.user(request);
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, closing.signal]);
      const after = BigInt(request.headers['last-event-id'] ?? '0');
      const steps = clients.orders
        .watchOrder({ id: request.params.id, after }, { token, signal })
        [Symbol.asyncIterator]();
      // the first step is awaited here, so that a refusal is a problem document and not a broken stream
      const first = await steps.next();
      const stream = new Readable({ read: () => undefined });
      const heartbeat = setInterval(() => stream.push(': \n\n'), HEARTBEAT_MS);
      const pump = async () => {
        for (let step = first; !step.done; step = await steps.next()) stream.push(frame(step.value));
      };
      pump()
        .catch(() => undefined) // the client comes back with Last-Event-ID
        .finally(() => {
          clearInterval(heartbeat);
          stream.push(null);
        });
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream);
    },
  });
};
