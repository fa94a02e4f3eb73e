import { randomUUID } from 'node:crypto';
import type { Shop } from '../client.ts';
import type { Scenario } from './load.ts';

/** Who buys: an API key, which unlike a token lasts as long as any load. */
export interface Buyer {
  key: string;
}

/** Signs up some buyers: few are enough, since each may send 100 requests a second. */
export async function newBuyers(shop: Shop, count: number): Promise<Buyer[]> {
  const buyers: Buyer[] = [];
  for (let n = 0; n < count; n++) {
    const customer = await shop.newCustomer();
    const { body } = await customer.as('POST', '/api-keys', { body: { name: 'load' } });
    buyers.push({ key: body.key });
  }
  return buyers;
}

/** What is in stock. */
export async function skusOf(shop: Shop): Promise<string[]> {
  const { body } = await shop.call('GET', '/api/v1/products?limit=100');
  return body.items.flatMap(({ sku, available }: { sku: string; available: number }) => (available > 100 ? sku : []));
}

export interface Shopping {
  buyers: readonly Buyer[];
  skus: readonly string[];
  /** Weights of the two kinds of visits. */
  browse: number;
  checkout: number;
  random?: () => number;
}

/** People who look around, and people who buy: one each of something, paid by a card that is good. */
export function shopping({ buyers, skus, browse, checkout, random = Math.random }: Shopping): Scenario[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const buyer = () => ({ 'x-api-key': pick(buyers).key });
  const look = (route: string, path: () => string): Scenario => ({
    route: `GET ${route}`,
    weight: browse / 3,
    call: () => ({ method: 'GET', path: `/api/v1${path()}`, headers: buyer() }),
  });
  return [
    look('/products', () => '/products?limit=20'),
    look('/products/:sku', () => `/products/${pick(skus)}`),
    look('/orders', () => '/orders?limit=5'),
    {
      route: 'POST /orders',
      weight: checkout,
      call: () => ({
        method: 'POST',
        path: '/api/v1/orders',
        headers: { ...buyer(), 'idempotency-key': randomUUID() },
        body: { items: [{ sku: pick(skus), quantity: 1 }], paymentMethod: 'pm_card_visa' },
      }),
    },
  ];
}
