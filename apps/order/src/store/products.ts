import { Failure } from '@chandlery/errors';
import type { Item } from '../domain/order.ts';
import type { Orders, Tx } from './tables.ts';

export interface Product {
  sku: string;
  name: string;
  price: { amount: number; currency: string };
  available: number;
}

const columns = ['sku', 'name', 'price_amount', 'price_currency', 'stock'] as const;

const toProduct = (row: {
  sku: string;
  name: string;
  price_amount: number;
  price_currency: string;
  stock: number;
}): Product => ({
  sku: row.sku,
  name: row.name,
  price: { amount: row.price_amount, currency: row.price_currency },
  available: row.stock,
});

export type ProductStore = ReturnType<typeof productStore>;

export function productStore(db: Orders) {
  return {
    async find(sku: string): Promise<Product | undefined> {
      const row = await db.selectFrom('products').select(columns).where('sku', '=', sku).executeTakeFirst();
      return row && toProduct(row);
    },

    /** Products by SKU, those after `after`, with `query` in their names. */
    async list(limit: number, after: string, query: string): Promise<Product[]> {
      const pattern = `%${query.replaceAll(/[\\%_]/g, '\\$&')}%`;
      const rows = await db
        .selectFrom('products')
        .select(columns)
        .where('sku', '>', after)
        .$if(query !== '', (all) => all.where('name', 'ilike', pattern))
        .orderBy('sku')
        .limit(limit)
        .execute();
      return rows.map(toProduct);
    },
  };
}

/** The wanted goods with their names and prices of now. */
export async function priced(tx: Tx, wanted: readonly { sku: string; quantity: number }[]): Promise<Item[]> {
  const skus = wanted.map(({ sku }) => sku);
  const rows = await tx.selectFrom('products').select(columns).where('sku', 'in', skus).execute();
  const products = new Map(rows.map((row) => [row.sku, toProduct(row)]));
  return wanted.map(({ sku, quantity }) => {
    const product = products.get(sku);
    if (!product) throw new Failure('not_found', `no product ${sku}`, { reason: 'unknown-sku', data: { sku } });
    return { sku, name: product.name, quantity, price: product.price };
  });
}

/** Takes goods out of the stock, or none of them. Nobody can take the same piece: the guard is in the update. */
export async function reserve(tx: Tx, goods: readonly Item[]): Promise<void> {
  for (const { sku, quantity } of goods) {
    const reserved = moving(tx, sku, quantity, 'stock', 'reserved').where('stock', '>=', quantity);
    const { numUpdatedRows } = await reserved.executeTakeFirst();
    if (numUpdatedRows === 0n) throw await outOfStock(tx, sku);
  }
}

async function outOfStock(tx: Tx, sku: string): Promise<Failure> {
  const { stock } = await tx.selectFrom('products').select('stock').where('sku', '=', sku).executeTakeFirstOrThrow();
  return new Failure('conflict', `${stock} of ${sku} left`, { reason: 'out-of-stock', data: { sku } });
}

const moves = {
  'reserved → sold': { from: 'reserved', to: 'sold' },
  'reserved → stock': { from: 'reserved', to: 'stock' },
  'sold → stock': { from: 'sold', to: 'stock' },
} as const;

/** Moves goods from one pile to another. */
export async function moveGoods(tx: Tx, goods: readonly Item[], move: keyof typeof moves): Promise<void> {
  const { from, to } = moves[move];
  for (const { sku, quantity } of goods) await moving(tx, sku, quantity, from, to).execute();
}

type Pile = 'stock' | 'reserved' | 'sold';

const moving = (tx: Tx, sku: string, quantity: number, from: Pile, to: Pile) =>
  tx
    .updateTable('products')
    .set((product) => ({ [from]: product(from, '-', quantity), [to]: product(to, '+', quantity) }))
    .where('sku', '=', sku);
