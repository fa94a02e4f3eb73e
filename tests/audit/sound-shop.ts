import type { DatabaseName } from './sources.ts';

/** Three orders that have ended: paid, cancelled after a refund, declined. */
export const paid = '0198c0de-0000-7000-8000-000000000001';
export const refunded = '0198c0de-0000-7000-8000-000000000002';
export const declined = '0198c0de-0000-7000-8000-000000000003';
/** An id that no order has. */
export const unknown = '0198c0de-0000-7000-8000-0000000000ff';

/** The trace in which `paid` was placed. */
export const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const customer = '0198c0de-0000-7000-8000-00000000a11c';
const terms = `'${customer}', 1000, 'EUR', 'pm_card_visa'`;

/** SQL that leaves in each database what its service has written when everything has gone well and is at rest. */
export const rows: Record<DatabaseName, string> = {
  // without its constraints, which refuse most of the damage that can be done to stock
  orders: `
    truncate outbox, orders, products cascade;
    alter table products drop constraint if exists products_check, drop constraint if exists products_stock_check;
    insert into products (sku, name, price_amount, price_currency, stock, sold, initial)
      values ('ANC', 'Anchor', 1000, 'EUR', 9, 1, 10);
    insert into orders (id, status, user_id, total_amount, total_currency, payment_method, idempotency_key, request_hash,
      next_attempt_at, traceparent) values
      ('${paid}', 'paid', ${terms}, '1', '', now(), '00-${trace}-00f067aa0ba902b7-01'),
      ('${refunded}', 'cancelled', ${terms}, '2', '', now(), null),
      ('${declined}', 'cancelled', ${terms}, '3', '', now(), null);
    insert into order_items (order_id, sku, name, quantity, price_amount)
      select id, 'ANC', 'Anchor', 1, 1000 from orders;`,
  payments: `
    truncate outbox, payments;
    insert into payments (order_id, status, user_id, amount, currency, payment_method, id) values
      ('${paid}', 'CAPTURED', ${terms}, gen_random_uuid()),
      ('${refunded}', 'REFUNDED', ${terms}, gen_random_uuid()),
      ('${declined}', 'DECLINED', ${terms}, gen_random_uuid());`,
  notifications: `
    truncate outbox, mails;
    insert into mails (order_id, template, status, event_id, subject, body, user_id, id) values
      ('${paid}', 'order-paid', 'sent', '1', '', '', '${customer}', gen_random_uuid()),
      ('${refunded}', 'order-cancelled', 'sent', '2', '', '', '${customer}', gen_random_uuid()),
      ('${declined}', 'order-cancelled', 'sent', '3', '', '', '${customer}', gen_random_uuid());`,
  users: 'truncate outbox',
};
