import { createHash } from 'node:crypto';
import { orderCancelled, orderCreated, orderPaid } from '@chandlery/contracts/events/order';
import { type Payment, type PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { transaction } from '@chandlery/database';
import { Failure } from '@chandlery/errors';
import type { Client } from '@chandlery/grpc';
import { add } from '@chandlery/messaging';
import { detached } from '@chandlery/resilience';
import { counter, type Logger, traceparent } from '@chandlery/telemetry';
import { v7 } from 'uuid';
import { merged, type Order, total, transitions } from './domain/order.ts';
import { findByKey, findOrder, insertOrder, moveOrder, wantCancelled } from './store/orders.ts';
import { moveGoods, priced, reserve } from './store/products.ts';
import { addStep } from './store/steps.ts';
import type { Orders, Tx } from './store/tables.ts';
import { dueIn } from './store/unfinished.ts';

export interface Wanted {
  userId: string;
  idempotencyKey: string;
  items: { sku: string; quantity: number }[];
  paymentMethod: string;
}

export type Checkout = ReturnType<typeof checkout>;

/** How long a request has its order to itself before the saga worker may take it up. */
const OWN_MS = 10_000;
/** After a failed payment the saga worker comes this soon. */
const SOON_MS = 500;

/** The life of an order: here it is made, paid and cancelled, and nowhere else. */
export function checkout(db: Orders, payments: Client<typeof PaymentService>, log: Logger) {
  /** Accepts an order: order and event written, stock reserved, all or nothing. The same key again is the same order. */
  async function place(wanted: Wanted): Promise<Order> {
    const requestHash = hash(wanted);
    const before = await placedBefore(wanted, requestHash);
    if (before) return before;
    const id = v7();
    const accepted = await transaction(db, (tx) => accept(tx, id, wanted, requestHash));
    return accepted ? pay(id) : ((await placedBefore(wanted, requestHash)) ?? bug(id));
  }

  async function placedBefore(wanted: Wanted, requestHash: string): Promise<Order | undefined> {
    const found = await findByKey(db, wanted.userId, wanted.idempotencyKey);
    if (found && found.requestHash !== requestHash) {
      const reason = 'idempotency-key-reused';
      throw new Failure('unprocessable', 'this Idempotency-Key belongs to another order', { reason });
    }
    return found?.order;
  }

  /** Asks payment to charge the order, and draws the conclusion. Where there is no answer the order stays pending, for the saga worker. */
  async function pay(id: string): Promise<Order> {
    try {
      const { total, userId, paymentMethod } = (await findOrder(db, id)) ?? bug(id);
      const payment = await payments.charge({
        orderId: id,
        userId,
        amount: BigInt(total.amount),
        currency: total.currency,
        paymentMethod,
      });
      // it has happened: written down also where nobody waits any more
      await detached(() => settle(id, payment));
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'unavailable') throw error;
      log.warn({ orderId: id, reason: error.reason }, 'payment did not answer, the order stays pending');
      await soon(id);
    }
    return (await findOrder(db, id)) ?? bug(id);
  }

  /** Undoes an order. The wish is written down first: whatever happens after that, the saga worker sees it through. */
  async function cancel(id: string, reason: string): Promise<Order> {
    await wantCancelled(db, id, reason);
    const order = (await findOrder(db, id)) ?? bug(id);
    if (order.status === 'cancelled') return order;
    try {
      await payments.cancel({ orderId: id, userId: order.userId });
      await detached(() => end(id, order.cancelReason ?? reason));
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'unavailable') throw error;
      log.warn({ orderId: id, reason: error.reason }, 'payment did not answer, the order is cancelled later');
      await soon(id);
    }
    return (await findOrder(db, id)) ?? bug(id);
  }

  /** What a payment's state means for its order. */
  async function settle(id: string, { status, declineReason }: Payment): Promise<void> {
    if (status === PaymentStatus.CAPTURED) await transaction(db, (tx) => paid(tx, id));
    else if (status === PaymentStatus.DECLINED) await end(id, declineReason || 'card-declined');
    else if (status === PaymentStatus.VOIDED || status === PaymentStatus.REFUNDED) await end(id, 'refunded');
    else await soon(id);
  }

  const soon = (id: string) => detached(() => dueIn(db, id, SOON_MS));
  const end = (id: string, reason: string) => transaction(db, (tx) => cancelled(tx, id, reason));

  return { place, pay, cancel };
}

/** An order becomes paid: its goods are sold. */
export async function paid(tx: Tx, id: string): Promise<void> {
  if (!(await moveOrder(tx, id, 'paid', transitions.paid))) return;
  const order = (await findOrder(tx, id)) ?? bug(id);
  await moveGoods(tx, order.items, 'reserved → sold');
  await tell(tx, order, orderPaid);
}

/** An order is cancelled: its goods go back. */
export async function cancelled(tx: Tx, id: string, reason: string): Promise<void> {
  const from = await moveOrder(tx, id, 'cancelled', transitions.cancelled, reason);
  if (!from) return;
  const order = (await findOrder(tx, id)) ?? bug(id);
  await moveGoods(tx, order.items, from === 'paid' ? 'sold → stock' : 'reserved → stock');
  await tell(tx, order, orderCancelled, reason);
}

/**
 * Writes an order, unless another request with its key was faster. The order comes before its goods, here as in every transaction: one that has
 * goods and waits for an order would wait in a circle with one that has the order and waits for goods.
 */
async function accept(tx: Tx, id: string, wanted: Wanted, requestHash: string): Promise<boolean> {
  const items = await priced(tx, merged(wanted.items));
  const { userId, paymentMethod, idempotencyKey } = wanted;
  const order = { id, userId, status: 'pending' as const, items, total: total(items), paymentMethod };
  const nextAttemptAt = new Date(Date.now() + OWN_MS);
  const written = { ...order, idempotencyKey, requestHash, nextAttemptAt, traceparent: traceparent() ?? null };
  if (!(await insertOrder(tx, written))) return false;
  await reserve(tx, items);
  await tell(tx, order, orderCreated);
  return true;
}

/** Writes what happened into the order's journey and into the outbox. */
async function tell(
  tx: Tx,
  { id, userId, status, total, items }: Pick<Order, 'id' | 'userId' | 'status' | 'total' | 'items'>,
  event: typeof orderCreated | typeof orderPaid | typeof orderCancelled,
  reason = '',
) {
  const type = event.type.replace(/\.v\d+$/, '');
  await addStep(tx, id, type, status);
  await add(tx, event, id, {
    orderId: id,
    userId,
    total,
    items: items.map(({ sku, name, quantity }) => ({ sku, name, quantity })),
    ...(event === orderCancelled && { reason }),
  });
  counter('orders_total', 'Orders by what became of them', ['event']).inc({ event: type });
}

const hash = ({ items, paymentMethod }: Wanted): string =>
  createHash('sha256')
    .update(JSON.stringify([merged(items), paymentMethod]))
    .digest('hex');

function bug(id: string): never {
  throw new Error(`order ${id} vanished`);
}
