import { Type } from 'typebox';
import { event, Money } from '../event.ts';

const order = {
  orderId: Type.String(),
  userId: Type.String(),
  total: Money,
  items: Type.Array(Type.Object({ sku: Type.String(), name: Type.String(), quantity: Type.Integer() })),
};

/** An order was accepted; its stock is reserved. */
export const orderCreated = event('order.created.v1', Type.Object(order));

/** The order's charge is captured; the stock is sold. */
export const orderPaid = event('order.paid.v1', Type.Object(order));

/** The order ended without a sale, or a sale was undone; the stock is back. */
export const orderCancelled = event('order.cancelled.v1', Type.Object({ ...order, reason: Type.String() }));
