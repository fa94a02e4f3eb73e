export type OrderStatus = 'pending' | 'paid' | 'cancelled';

/** Every transition there is: to → the statuses it may come from. A paid order is cancelled by a refund. */
export const transitions: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: [],
  paid: ['pending'],
  cancelled: ['pending', 'paid'],
};

/** Money in minor units. */
export interface Price {
  amount: number;
  currency: string;
}

/** What is ordered, at the price of the moment. */
export interface Item {
  sku: string;
  name: string;
  quantity: number;
  price: Price;
}

export interface Order {
  id: string;
  userId: string;
  status: OrderStatus;
  total: Price;
  items: Item[];
  paymentMethod: string;
  reason: string | null;
  /** Set as soon as somebody wants it undone. */
  cancelReason: string | null;
  createdAt: Date;
}

/** What the items cost together; the shop sells in one currency. */
export const total = (items: readonly Item[]): Price => ({
  amount: items.reduce((sum, { price, quantity }) => sum + price.amount * quantity, 0),
  currency: items[0]?.price.currency ?? 'EUR',
});

/** The order of an order's lines, one everywhere, so that two transactions never wait for each other's goods in a circle. */
export const bySku = (a: { sku: string }, b: { sku: string }): number => (a.sku < b.sku ? -1 : 1);

/** The same SKU named twice is one line. */
export function merged(wanted: readonly { sku: string; quantity: number }[]): { sku: string; quantity: number }[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of wanted) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity })).sort(bySku);
}
