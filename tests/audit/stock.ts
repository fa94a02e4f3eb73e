import type { Statement } from './facts.ts';
import { query, type Sources } from './sources.ts';

/** A product's piles, and what the orders say of them. */
export interface Stock {
  sku: string;
  initial: number;
  stock: number;
  reserved: number;
  sold: number;
  /** In orders that are pending. */
  wanted: number;
  /** In orders that are paid. */
  bought: number;
}

export const readStock = ({ databases }: Sources): Promise<Stock[]> =>
  query(
    databases.orders,
    `select p.sku, p.initial, p.stock, p.reserved, p.sold,
       coalesce(sum(i.quantity) filter (where o.status = 'pending'), 0)::int as wanted,
       coalesce(sum(i.quantity) filter (where o.status = 'paid'), 0)::int as bought
     from products p left join order_items i using (sku) left join orders o on o.id = i.order_id
     group by p.sku order by p.sku`,
  );

/** Every piece is on a shelf, reserved by an order that is open, or sold by one that is paid. */
export const stockAddsUp: Statement = ({ stock: products }) =>
  products
    .filter(
      ({ initial, stock, reserved, sold, wanted, bought }) =>
        initial !== stock + reserved + sold ||
        Math.min(stock, reserved, sold) < 0 ||
        reserved !== wanted ||
        sold !== bought,
    )
    .map(({ sku, initial, stock, reserved, sold, wanted, bought }) => ({
      statement: 'stock at the start = stock now + sold + reserved, for every SKU, and never negative',
      expected: `${sku}: ${initial - wanted - bought} in stock, ${wanted} reserved, ${bought} sold`,
      found: `${stock} in stock, ${reserved} reserved, ${sold} sold`,
    }));
