import { type Order, OrderStatus } from '@chandlery/contracts/order/v1/order';
import { Failure } from '@chandlery/errors';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { orderAggregate } from '../aggregate.ts';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import type { Answer, Idempotency } from '../idempotency.ts';
import { Amount, Cursor, Id, Limit, OrderBody, orderBody, Sku, Strict } from './bodies.ts';

const NewOrder = Strict({
  items: Type.Array(Strict({ sku: Sku, quantity: Type.Integer({ minimum: 1, maximum: 1_000 }) }), {
    minItems: 1,
    maxItems: 50,
  }),
  paymentMethod: Type.String({ pattern: '^pm_[A-Za-z0-9_]{1,60}$', examples: ['pm_card_visa'] }),
});

const Aggregate = Type.Object({
  ...OrderBody,
  payment: Type.Union([
    Type.Null(),
    Type.Object({
      id: Type.String(),
      status: Type.String(),
      amount: Amount,
      declineReason: Type.Optional(Type.String()),
    }),
  ]),
  notifications: Type.Array(
    Type.Object({
      id: Type.String(),
      template: Type.String(),
      status: Type.String(),
      sentAt: Type.Optional(Type.String()),
    }),
  ),
  degraded: Type.Array(Type.String({ description: 'A service that could not answer.' })),
});

const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Any string of the client’s; a repeat brings the same.',
});
const location = (id: string) => `/api/v1/orders/${id}`;

/** What a placed order is to the one who placed it. */
function answer(order: Order): Answer {
  const headers = { location: location(order.id) };
  if (order.status === OrderStatus.PENDING) return { status: 202, headers, body: orderBody(order) };
  if (order.status === OrderStatus.PAID) return { status: 201, headers, body: orderBody(order) };
  const { id, reason } = order;
  throw new Failure('declined', `order ${id} was cancelled: ${reason}`, {
    reason: 'payment-declined',
    data: { id, declineReason: reason },
  });
}

interface Options {
  clients: Clients;
  who: Authentication;
  once: Idempotency;
}

export const orderRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { clients, who, once }) => {
  app.post('/orders', {
    schema: {
      summary: 'Places an order and pays for it.',
      headers: Type.Object({ 'idempotency-key': IdempotencyKey }),
      body: NewOrder,
      response: { 201: Type.Object(OrderBody), 202: Type.Object(OrderBody) },
    },
    handler: async (request, reply) => {
      const { id: userId, token } = who.user(request);
      const { 'idempotency-key': idempotencyKey } = request.headers;
      const place = async () => answer(await clients.orders.placeOrder({ ...request.body, idempotencyKey }, { token }));
      const { status, headers, body } = await once(
        { userId, route: 'POST /orders', key: idempotencyKey },
        request.body,
        place,
      );
      return reply
        .status(status as 201)
        .headers(headers)
        .send(body as never);
    },
  });

  app.get('/orders', {
    schema: {
      summary: 'The caller’s orders, newest first.',
      querystring: Strict({
        limit: Limit,
        cursor: Type.Optional(Id),
        status: Type.Optional(OrderBody.status),
      }),
      response: { 200: Type.Object({ items: Type.Array(Type.Object(OrderBody)), nextCursor: Cursor }) },
    },
    handler: async (request) => {
      const { token } = who.user(request);
      const { limit, cursor = '', status } = request.query;
      const wanted = status ? OrderStatus[status] : OrderStatus.UNSPECIFIED;
      const { orders, nextCursor } = await clients.orders.listOrders({ limit, cursor, status: wanted }, { token });
      return { items: orders.map(orderBody), ...(nextCursor && { nextCursor }) };
    },
  });

  app.get('/orders/:id', {
    schema: {
      summary: 'An order with its payment and its mails.',
      params: Strict({ id: Id }),
      response: { 200: Aggregate },
    },
    handler: async (request) => orderAggregate(clients, request.params.id, who.user(request).token),
  });

  app.post('/orders/:id/cancel', {
    schema: {
      summary: 'Cancels an order; what was paid is refunded.',
      params: Strict({ id: Id }),
      response: { 200: Type.Object(OrderBody), 202: Type.Object(OrderBody) },
    },
    handler: async (request, reply) => {
      const { token } = who.user(request);
      const order = await clients.orders.cancelOrder({ id: request.params.id }, { token });
      const done = order.status === OrderStatus.CANCELLED;
      return reply
        .status(done ? 200 : 202)
        .header('location', location(order.id))
        .send(orderBody(order));
    },
  });
};
