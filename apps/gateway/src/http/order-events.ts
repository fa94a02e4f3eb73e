import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { OrderStatus, type WatchOrderResponse } from '@chandlery/contracts/order/v1/order';
import { transient } from '@chandlery/errors';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import { Id, Strict, statusName } from './bodies.ts';

/** A line that means nothing, so that proxies keep the connection. */
const HEARTBEAT_MS = 15_000;
const RESUME_MS = 250;

function frame({ sequence, type, status, time }: WatchOrderResponse): string {
  const data = { type, status: statusName(status), time: time && timestampDate(time).toISOString() };
  return `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

interface Journey {
  id: string;
  after: bigint;
  token: string;
  signal: AbortSignal;
}

/** The steps of an order until it has ended. Where order goes away, it goes on when order is back. */
async function* journey(
  { orders }: Clients,
  { id, after, token, signal }: Journey,
): AsyncGenerator<WatchOrderResponse> {
  let seen = after;
  for (let status = OrderStatus.PENDING as OrderStatus; status === OrderStatus.PENDING && !signal.aborted; ) {
    try {
      for await (const step of orders.watchOrder({ id, after: seen }, { token, signal })) {
        yield step;
        seen = step.sequence;
        status = step.status;
      }
      if (seen === after) return;
    } catch (error) {
      if (seen === after || !transient(error)) throw error;
    }
    await delay(RESUME_MS, undefined, { signal }).catch(() => undefined);
  }
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
      summary:
        'The order’s journey as it happens, until it has ended; 204 if there is nothing more to come. Last-Event-ID goes on where a client left.',
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
      const steps = journey(clients, { id: request.params.id, after, token, signal });
      // awaited here, so that a refusal is a problem document and not a broken stream
      const first = await steps.next();
      if (first.done) return reply.status(204).send();
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(frames(first.value, steps));
    },
  });
};

/** The stream that a client reads. It ends where the journey does, or breaks off: the client comes back with Last-Event-ID. */
function frames(first: WatchOrderResponse, rest: AsyncGenerator<WatchOrderResponse>): Readable {
  const stream = new Readable({ read: () => undefined });
  const heartbeat = setInterval(() => stream.push(': \n\n'), HEARTBEAT_MS);
  const pump = async () => {
    stream.push(frame(first));
    for await (const step of rest) stream.push(frame(step));
  };
  pump()
    .catch(() => undefined)
    .finally(() => {
      clearInterval(heartbeat);
      stream.push(null);
    });
  return stream;
}
