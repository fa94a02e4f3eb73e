import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { bySku, type Order, type OrderStatus } from '../domain/order.ts';
import type { Orders, Tx } from './tables.ts';

export interface NewOrder extends Pick<Order, 'id' | 'userId' | 'status' | 'items' | 'total' | 'paymentMethod'> {
  idempotencyKey: string;
  requestHash: string;
  nextAttemptAt: Date;
  traceparent: string | null;
}

const columns = [
  'id',
  'user_id',
  'status',
  'total_amount',
  'total_currency',
  'payment_method',
  'reason',
  'cancel_reason',
  'created_at',
] as const;

const itemColumns = ['sku', 'name', 'quantity', 'price_amount'] as const;

/** Orders with their items, in one statement. */
const withItems = (db: Orders | Tx) =>
  db
    .selectFrom('orders')
    .select(columns)
    .select((of) => {
      const items = of.selectFrom('order_items').whereRef('order_items.order_id', '=', 'orders.id');
      return jsonArrayFrom(items.select(itemColumns)).as('items');
    });

type Row = Awaited<ReturnType<ReturnType<typeof withItems>['executeTakeFirstOrThrow']>>;

function toOrder(row: Row): Order {
  const price = (amount: number) => ({ amount, currency: row.total_currency });
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    total: price(row.total_amount),
    items: row.items.map(({ price_amount, ...item }) => ({ ...item, price: price(price_amount) })).sort(bySku),
    paymentMethod: row.payment_method,
    reason: row.reason,
    cancelReason: row.cancel_reason,
    createdAt: row.created_at,
  };
}

/** An order by its id. */
export async function findOrder(db: Orders | Tx, id: string): Promise<Order | undefined> {
  const row = await withItems(db).where('id', '=', id).executeTakeFirst();
  return row && toOrder(row);
}

/** The order that a user placed under a key, with the hash of what was asked then. */
export async function findByKey(db: Orders, userId: string, key: string) {
  const row = await withItems(db)
    .select('request_hash')
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
  return row && { order: toOrder(row), requestHash: row.request_hash };
}

/** A user's orders, newest first, those before `before`. */
export async function listOrders(
  db: Orders,
  userId: string,
  limit: number,
  before?: string,
  status?: OrderStatus,
): Promise<Order[]> {
  const rows = await withItems(db)
    .where('user_id', '=', userId)
    .$if(before !== undefined, (all) => all.where('id', '<', before as string))
    .$if(status !== undefined, (all) => all.where('status', '=', status as OrderStatus))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toOrder);
}

/** Writes a new order; false if the user has one under this key already. */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('orders')
    .values({
      id: order.id,
      user_id: order.userId,
      status: order.status,
      total_amount: order.total.amount,
      total_currency: order.total.currency,
      payment_method: order.paymentMethod,
      idempotency_key: order.idempotencyKey,
      request_hash: order.requestHash,
      next_attempt_at: order.nextAttemptAt,
      traceparent: order.traceparent,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'idempotency_key']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  const items = order.items.map(({ sku, name, quantity, price }) => ({
    order_id: order.id,
    sku,
    name,
    quantity,
    price_amount: price.amount,
  }));
  await tx.insertInto('order_items').values(items).execute();
  return true;
}

/** Moves an order to a status if it is in one of `from`, and says where it came from; undefined when it may not, so a redelivery changes nothing. */
export async function moveOrder(
  tx: Tx,
  id: string,
  to: OrderStatus,
  from: readonly OrderStatus[],
  reason?: string,
): Promise<OrderStatus | undefined> {
  const moved = await tx
    .with('before', (before) =>
      before.selectFrom('orders').select(['id', 'status']).where('id', '=', id).where('status', 'in', from).forUpdate(),
    )
    .updateTable('orders')
    .from('before')
    .set({ status: to, reason: reason ?? null })
    .whereRef('orders.id', '=', 'before.id')
    .returning('before.status')
    .executeTakeFirst();
  return moved?.status;
}

/** Writes down, for good, that an order is to be undone. */
export async function wantCancelled(db: Orders, id: string, reason: string): Promise<void> {
  await db
    .updateTable('orders')
    .set({ cancel_reason: sql<string>`coalesce(cancel_reason, ${reason})` })
    .where('id', '=', id)
    .where('status', '<>', 'cancelled')
    .execute();
}
