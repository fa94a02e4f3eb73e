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

/** Takes the wanted goods out of the stock, or none of them. Nobody can take the same piece: the guard is in the update. */
export async function reserve(tx: Tx, wanted: readonly { sku: string; quantity: number }[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const { sku, quantity } of wanted) {
    const row = await tx
      .updateTable('products')
      .set((product) => ({ stock: product('stock', '-', quantity), reserved: product('reserved', '+', quantity) }))
      .where('sku', '=', sku)
      .where('stock', '>=', quantity)
      .returning(columns)
      .executeTakeFirst();
    if (!row) throw await whyNot(tx, sku);
    items.push({ sku, name: row.name, quantity, price: toProduct(row).price });
  }
  return items;
}

async function whyNot(tx: Tx, sku: string): Promise<Failure> {
  const product = await tx.selectFrom('products').select('stock').where('sku', '=', sku).executeTakeFirst();
  if (!product) return new Failure('not_found', `no product ${sku}`, { reason: 'unknown-sku', data: { sku } });
  return new Failure('conflict', `${product.stock} of ${sku} left`, { reason: 'out-of-stock', data: { sku } });
}

const moves = {
  'reserved → sold': { from: 'reserved', to: 'sold' },
  'reserved → stock': { from: 'reserved', to: 'stock' },
  'sold → stock': { from: 'sold', to: 'stock' },
} as const;

/** Moves an order's goods from one pile to another. */
export async function moveGoods(tx: Tx, orderId: string, move: keyof typeof moves): Promise<void> {
  const { from, to } = moves[move];
  const goods = await tx
    .selectFrom('order_items')
    .select(['sku', 'quantity'])
    .where('order_id', '=', orderId)
    .orderBy('sku')
    .execute();
  for (const { sku, quantity } of goods) {
    await tx
      .updateTable('products')
      .set((product) => ({ [from]: product(from, '-', quantity), [to]: product(to, '+', quantity) }))
      .where('sku', '=', sku)
      .execute();
  }
}
