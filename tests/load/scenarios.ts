import type { Shop } from '../client.ts';
import type { Call } from './attempt.ts';
import type { Scenario } from './load.ts';

/** Who buys: an API key, which unlike a token lasts as long as any load. */
export interface Buyer {
  key: string;
}

/** So many sign up at a time. */
const AT_A_TIME = 4;

/** Signs up some buyers, and tells of each: few are enough, since each may send 100 requests a second. */
export async function newBuyers(shop: Shop, count: number, tell: (buyer: Buyer) => void = () => {}): Promise<Buyer[]> {
  const buyers: Buyer[] = [];
  let begun = 0;
  async function signUp(): Promise<void> {
    while (begun++ < count) {
      const customer = await shop.newCustomer();
      const { body } = await customer.as('POST', '/api-keys', { body: { name: 'load' } });
      const buyer = { key: body.key };
      buyers.push(buyer);
      tell(buyer);
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, signUp));
  return buyers;
}

/** What is in stock. */
export async function skusOf(shop: Shop): Promise<string[]> {
  const { status, body } = await shop.call('GET', '/api/v1/products?limit=100');
  if (status !== 200) throw new Error(`its catalogue answered ${status}: ${JSON.stringify(body)}`);
  return body.items.flatMap(({ sku, available }: { sku: string; available: number }) => (available > 100 ? sku : []));
}

/** What a request is made of, each time something else. */
interface Choices {
  buyer(): { 'x-api-key': string };
  sku(): string;
  idempotencyKey(): string;
}

type Request = Omit<Scenario, 'weight'>;

const look = (route: string, call: () => Omit<Call, 'method'>): Request => ({
  route: `GET ${route}`,
  call: () => ({ method: 'GET', ...call() }),
});

/** People who look around: at the shelves, at one thing, at what they have bought. */
const browse = ({ buyer, sku }: Choices): Request[] => [
  look('/products', () => ({ path: '/api/v1/products?limit=20', headers: buyer() })),
  look('/products/:sku', () => ({ path: `/api/v1/products/${sku()}`, headers: buyer() })),
  look('/orders', () => ({ path: '/api/v1/orders?limit=5', headers: buyer() })),
];

/** People who buy one of something, with a card that is good. */
const checkout = ({ buyer, sku, idempotencyKey }: Choices): Request[] => [
  {
    route: 'POST /orders',
    call: () => ({
      method: 'POST',
      path: '/api/v1/orders',
      headers: { ...buyer(), 'idempotency-key': idempotencyKey() },
      body: { items: [{ sku: sku(), quantity: 1 }], paymentMethod: 'pm_card_visa' },
    }),
  },
];

/** The kinds of visits. */
export const visits = { browse, checkout };

/** How much there is of each kind of visit; what one consists of has an equal share. */
export type Mix = { [Visit in keyof typeof visits]?: number };

interface Shoppers {
  buyers: readonly Buyer[];
  skus: readonly string[];
  /** Chooses who buys what, with which key; with a seeded one a run repeats, for buyers of its own: whoever sends a key again gets the old answer. */
  random?: () => number;
}

const hexadecimal = (number: number) => Math.floor(number * 2 ** 32).toString(16);

/** What shoppers ask for. */
export function shopping({ buyers, skus, random = Math.random, ...mix }: Shoppers & Mix): Scenario[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const choices: Choices = {
    buyer: () => ({ 'x-api-key': pick(buyers).key }),
    sku: () => pick(skus),
    idempotencyKey: () => Array.from({ length: 4 }, () => hexadecimal(random())).join('-'),
  };
  return Object.entries(mix).flatMap(([visit, weight]) => {
    const requests = visits[visit as keyof Mix](choices);
    return requests.map((request) => ({ ...request, weight: weight / requests.length }));
  });
}
