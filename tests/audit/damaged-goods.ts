import { type Damage, sql } from './damage.ts';
import { declined, paid, trace } from './sound-shop.ts';

const ofPaid = { order: paid, trace };

export const orders: Damage[] = [
  {
    title: 'an accepted order is gone',
    damage: sql(
      'orders',
      `delete from order_items where order_id = '${declined}'; delete from orders where id = '${declined}'`,
    ),
    found: [{ order: declined, expected: 'an order', found: 'nothing' }],
  },
  {
    title: 'an order stays pending',
    damage: sql(
      'orders',
      `update orders set status = 'pending' where id = '${declined}'; update products set stock = 8, reserved = 1`,
    ),
    found: [{ order: declined, expected: 'paid or cancelled', found: 'pending' }],
  },
  {
    title: 'a cancellation is forgotten',
    damage: sql('orders', `update orders set cancel_reason = 'mistake' where id = '${paid}'`),
    found: [{ ...ofPaid, expected: 'cancelled, as was asked for', found: 'paid' }],
  },
];

export const stock: Damage[] = [
  {
    title: 'a piece is gone',
    damage: sql('orders', 'update products set stock = 8'),
    found: [{ expected: 'ANC: 9 in stock, 0 reserved, 1 sold', found: '8 in stock, 0 reserved, 1 sold' }],
  },
  {
    title: 'a piece is reserved for nobody',
    damage: sql('orders', 'update products set stock = 8, reserved = 1'),
    found: [{ found: '8 in stock, 1 reserved, 1 sold' }],
  },
  {
    title: 'a piece is sold, and still there',
    damage: sql('orders', 'update products set stock = 10, sold = 0'),
    found: [{ found: '10 in stock, 0 reserved, 0 sold' }],
  },
  {
    title: 'more is sold than there was',
    damage: sql('orders', 'update products set initial = 0, stock = -1'),
    found: [{ expected: 'ANC: -1 in stock, 0 reserved, 1 sold', found: '-1 in stock, 0 reserved, 1 sold' }],
  },
];

export const mails: Damage[] = [
  {
    title: 'nobody told the customer',
    given: { mails: 0 },
    found: [{ ...ofPaid, expected: 'one mail', found: 'no mail' }],
  },
  {
    title: 'the customer was told in two mails',
    damage: ({ mail }) => mail(paid, '<2@chandlery.example>'),
    found: [{ ...ofPaid, expected: 'one mail', found: '<1@chandlery.example> and <2@chandlery.example>' }],
  },
];
