import { expect } from 'vitest';
import { type Damage, sql } from './damage.ts';
import { paid, refunded, trace, unknown } from './sound-shop.ts';

const ofPaid = { order: paid, trace };

const PAID = 'PAID: exactly one captured charge of exactly its total';
const CANCELLED = 'CANCELLED: no charge that is not voided or refunded';
const BOOKS = 'the payment service’s book says what the provider’s ledger says';
const captured = 'succeeded 1000 eur in the book';

export const charges: Damage[] = [
  {
    title: 'a paid order was never charged',
    given: { charges: [] },
    found: [
      { ...ofPaid, statement: PAID, expected: 'succeeded 1000 eur', found: 'no charge' },
      { ...ofPaid, statement: BOOKS, expected: 'no charge, as the ledger has it', found: captured },
    ],
  },
  {
    title: 'a paid order was charged twice',
    given: { charges: [1000, 1000] },
    found: [
      { ...ofPaid, statement: PAID, found: 'succeeded 1000 eur, succeeded 1000 eur' },
      { ...ofPaid, statement: BOOKS },
    ],
  },
  {
    title: 'a paid order was charged too little',
    given: { charges: [999] },
    found: [
      { ...ofPaid, statement: PAID, found: 'succeeded 999 eur' },
      { ...ofPaid, statement: BOOKS },
    ],
  },
  {
    title: 'a cancelled order still costs something',
    damage: ({ charge }) => charge(refunded, 500, { refunded: 100 }),
    found: [
      { order: refunded, statement: CANCELLED, expected: 'no charge', found: 'succeeded 400 eur' },
      { order: refunded, statement: BOOKS },
    ],
  },
  {
    title: 'somebody was charged for no order',
    damage: ({ charge }) => charge(unknown, 700, { currency: 'usd' }),
    found: [
      {
        order: unknown,
        statement: 'no charge without an order',
        found: expect.stringMatching(/^succeeded 700 usd \(ch_/),
      },
      { order: unknown, statement: BOOKS },
    ],
  },
  {
    title: 'payment’s book is wrong',
    damage: sql('payments', `update payments set status = 'VOIDED' where order_id = '${paid}'`),
    found: [
      {
        ...ofPaid,
        statement: BOOKS,
        expected: expect.stringMatching(/^succeeded 1000/),
        found: 'no charge in the book',
      },
    ],
  },
];
