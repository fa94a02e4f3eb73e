import { type DeadLetter, readDeadLetters } from './dead-letters.ts';
import { type Charge, readCharges } from './ledger.ts';
import { type Mail, readMails } from './mails.ts';
import { type Order, readOrders } from './orders.ts';
import { type OutboxRow, readOutboxes } from './outbox.ts';
import { type Payment, readPayments } from './payments.ts';
import type { Breach, Sources } from './sources.ts';
import { readStock, type Stock } from './stock.ts';

/** What everybody involved says, at one time. */
export interface Facts {
  /** Ids of orders that were answered with 2xx. */
  accepted: readonly string[];
  orders: ReadonlyMap<string, Order>;
  /** Order → its charges at the provider. */
  charges: ReadonlyMap<string, Charge[]>;
  payments: readonly Payment[];
  stock: readonly Stock[];
  /** What the mail server has taken. */
  mails: readonly Mail[];
  outbox: readonly OutboxRow[];
  deadLetters: readonly DeadLetter[];
}

/** Finds where a statement does not hold. */
export type Statement = (facts: Facts) => Breach[];

/** Reads all that the statements are about. */
export async function look(sources: Sources, accepted: readonly string[] = []): Promise<Facts> {
  const [orders, charges, payments, stock, mails, outbox, deadLetters] = await Promise.all([
    readOrders(sources),
    readCharges(sources),
    readPayments(sources),
    readStock(sources),
    readMails(sources),
    readOutboxes(sources),
    readDeadLetters(sources),
  ]);
  return {
    accepted,
    orders: new Map(orders.map((order) => [order.id, order])),
    charges: Map.groupBy(charges, ({ orderId }) => orderId ?? ''),
    payments,
    stock,
    mails,
    outbox,
    deadLetters,
  };
}
