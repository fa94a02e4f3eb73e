import type { Database, Transaction } from '@chandlery/database';
import type { Generated, GeneratedAlways } from 'kysely';
import type { OrderStatus } from '../domain/order.ts';

export interface Tables {
  products: {
    sku: string;
    name: string;
    price_amount: number;
    price_currency: string;
    stock: number;
    reserved: Generated<number>;
    sold: Generated<number>;
    initial: number;
  };
  orders: {
    id: string;
    user_id: string;
    status: OrderStatus;
    total_amount: number;
    total_currency: string;
    payment_method: string;
    reason: Generated<string | null>;
    idempotency_key: string;
    request_hash: string;
    cancel_reason: Generated<string | null>;
    next_attempt_at: Date;
    attempts: Generated<number>;
    traceparent: string | null;
    created_at: Generated<Date>;
  };
  order_items: { order_id: string; sku: string; name: string; quantity: number; price_amount: number };
  order_steps: {
    sequence: GeneratedAlways<number>;
    order_id: string;
    type: string;
    status: OrderStatus;
    at: GeneratedAlways<Date>;
  };
}

export type Orders = Database<Tables>;
export type Tx = Transaction<Tables>;
