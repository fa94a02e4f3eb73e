import { randomUUID } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type Identity, onlyUser } from '@chandlery/auth';
import { type OrderService, OrderStatus } from '@chandlery/contracts/order/v1/order';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import { enabled } from '@chandlery/resilience';
import type { Checkout } from '../checkout.ts';
import type { Order, OrderStatus as Status } from '../domain/order.ts';
import { findOrder, listOrders } from '../store/orders.ts';
import type { Orders } from '../store/tables.ts';
import type { OrderWatch } from '../watch.ts';

const MAX_LIMIT = 100;
const MAX_QUANTITY = 1_000;

const statuses: Record<Status, OrderStatus> = {
  pending: OrderStatus.PENDING,
  paid: OrderStatus.PAID,
  cancelled: OrderStatus.CANCELLED,
};
const statusOf = (wanted: OrderStatus) => (Object.keys(statuses) as Status[]).find((name) => statuses[name] === wanted);

const money = ({ amount, currency }: { amount: number; currency: string }) => ({ amount: BigInt(amount), currency });

const toMessage = (order: Order) => ({
  id: order.id,
  status: statuses[order.status],
  total: money(order.total),
  items: order.items.map(({ sku, quantity, price }) => ({ sku, quantity, price: money(price) })),
  createdAt: timestampFromDate(order.createdAt),
  reason: order.reason ?? '',
});

/** Orders of the caller; those of others do not exist for them. */
export function orderService(db: Orders, checkout: Checkout, watch: OrderWatch): Methods<typeof OrderService> {
  async function own(id: string, identity: Identity): Promise<Order> {
    const user = onlyUser(identity);
    const order = await findOrder(db, id);
    if (order?.userId !== user.id) throw new Failure('not_found', `no order ${id}`);
    return order;
  }

  return {
    async placeOrder({ idempotencyKey, items, paymentMethod }, { identity }) {
      const user = onlyUser(identity);
      const given = { idempotencyKey, paymentMethod, items: items.length };
      const [field] = Object.entries(given).find(([, value]) => !value) ?? [];
      if (field) throw new Failure('invalid', `${field} is missing`, { fields: [{ field, message: 'is missing' }] });
      const odd = items.findIndex(({ quantity }) => quantity < 1 || quantity > MAX_QUANTITY);
      if (odd >= 0) {
        const message = `must be 1 to ${MAX_QUANTITY}`;
        throw new Failure('invalid', `bad quantity`, { fields: [{ field: `items.${odd}.quantity`, message }] });
      }
      const key = enabled('idempotency-key') ? idempotencyKey : randomUUID();
      return toMessage(await checkout.place({ userId: user.id, idempotencyKey: key, items, paymentMethod }));
    },

    async getOrder({ id }, { identity }) {
      return toMessage(await own(id, identity));
    },

    async listOrders({ limit, cursor, status }, { identity }) {
      const page = Math.min(limit || 20, MAX_LIMIT);
      const found = await listOrders(db, onlyUser(identity).id, page + 1, cursor || undefined, statusOf(status));
      const orders = found.slice(0, page);
      return { orders: orders.map(toMessage), nextCursor: found.length > page ? (orders.at(-1)?.id ?? '') : '' };
    },

    async cancelOrder({ id }, { identity }) {
      const order = await own(id, identity);
      if (order.status === 'cancelled' && !order.cancelReason) {
        throw new Failure('conflict', `order ${id} has ended without a sale`, { reason: 'order-ended', data: { id } });
      }
      return toMessage(await checkout.cancel(id, 'cancelled-by-customer'));
    },

    async *watchOrder({ id, after }, { identity, signal }) {
      await own(id, identity);
      for await (const { sequence, type, status, at } of watch.steps(id, Number(after), signal)) {
        yield { sequence: BigInt(sequence), type, status: statuses[status], time: timestampFromDate(at) };
      }
    },
  };
}
