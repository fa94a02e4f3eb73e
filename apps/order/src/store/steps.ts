import type { OrderStatus } from '../domain/order.ts';
import type { Orders, Tx } from './tables.ts';

export interface Step {
  sequence: number;
  type: string;
  status: OrderStatus;
  at: Date;
}

/** Adds to the order's journey; those who listen on `order_steps` hear of it at the commit. */
export async function addStep(tx: Tx, orderId: string, type: string, status: OrderStatus): Promise<void> {
  await tx.insertInto('order_steps').values({ order_id: orderId, type, status }).execute();
}

/** The steps of an order so far. */
export const stepsOf = (db: Orders, orderId: string): Promise<Step[]> =>
  db
    .selectFrom('order_steps')
    .select(['sequence', 'type', 'status', 'at'])
    .where('order_id', '=', orderId)
    .orderBy('sequence')
    .execute();
