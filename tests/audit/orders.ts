import type { Statement } from './facts.ts';
import { query, type Sources, traceOf } from './sources.ts';

export interface Order {
  id: string;
  status: 'pending' | 'paid' | 'cancelled';
  amount: number;
  currency: string;
  /** Somebody wants it undone. */
  unwanted: boolean;
  trace: string | null;
}

export const readOrders = ({ databases }: Sources): Promise<Order[]> =>
  query(
    databases.orders,
    `select id::text, status, total_amount::float8 as amount, lower(total_currency) as currency,
       cancel_reason is not null as unwanted, ${traceOf('traceparent')} as trace
     from orders order by id`,
  );

/** No order is lost, and none stays open. */
export const ordersEnd: Statement = ({ orders, accepted }) => {
  const statement = 'every order answered with 2xx exists, and reaches PAID or CANCELLED';
  const missing = accepted.filter((id) => !orders.has(id));
  const open = [...orders.values()].filter(({ status }) => status === 'pending');
  const unwanted = [...orders.values()].filter((order) => order.unwanted && order.status === 'paid');
  return [
    ...missing.map((order) => ({ statement, order, expected: 'an order', found: 'nothing' })),
    ...open.map(({ id }) => ({ statement, order: id, expected: 'paid or cancelled', found: 'pending' })),
    ...unwanted.map(({ id }) => ({ statement, order: id, expected: 'cancelled, as was asked for', found: 'paid' })),
  ];
};
