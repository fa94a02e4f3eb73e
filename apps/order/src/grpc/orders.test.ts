import { CatalogueService, OrderService, OrderStatus } from '@chandlery/contracts/order/v1/order';
import { client, grpcServer, implement } from '@chandlery/grpc';
import { setDefence } from '@chandlery/resilience';
import { expect, onTestFinished, test } from 'vitest';
import { alice, away, captured, givenShop, log } from '../fixtures.ts';
import { sagaWorker } from '../saga.ts';
import { productStore } from '../store/products.ts';
import { orderWatch } from '../watch.ts';
import { catalogueService } from './catalogue.ts';
import { orderService } from './orders.ts';

const bob = '0198c0de-0000-7000-8000-000000000b0b';

/** The whole service but its main.ts; a token is its user's id. */
async function givenService(shop: Awaited<ReturnType<typeof givenShop>>) {
  const watch = orderWatch(shop.url, shop.db, log);
  const server = grpcServer({
    log,
    verify: async (token) => ({ kind: token.length > 20 ? 'user' : 'service', id: token, sessionId: 's', token }),
    services: [
      implement(CatalogueService, catalogueService(productStore(shop.db))),
      implement(OrderService, orderService(shop.db, shop.orders, watch)),
    ],
  });
  await watch.start?.();
  const url = `127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  const identity = async () => 'gateway';
  const [orders, catalogue] = [client(OrderService, { url, identity }), client(CatalogueService, { url, identity })];
  onTestFinished(async () => {
    await watch.stop?.();
    orders.close();
    catalogue.close();
    await server.stop();
  });
  return { orders, catalogue };
}

const wanted = (idempotencyKey: string, quantity = 1) => ({
  idempotencyKey,
  items: [{ sku: 'ANC', quantity }],
  paymentMethod: 'pm_card_visa',
});

test('orders belong to who placed them; for others they do not exist', async () => {
  const { orders } = await givenService(await givenShop());
  const { id } = await orders.placeOrder(wanted('k1'), { token: alice });
  expect(await orders.getOrder({ id }, { token: alice })).toMatchObject({ id, status: OrderStatus.PAID });
  for (const call of [orders.getOrder({ id }, { token: bob }), orders.cancelOrder({ id }, { token: bob })]) {
    await expect(call).rejects.toMatchObject({ kind: 'not_found' });
  }
  await expect(orders.placeOrder(wanted('k2'))).rejects.toMatchObject({ kind: 'forbidden' });
});

test('the same key again is the same order; with the idempotency key switched off it is another one', async () => {
  const { orders } = await givenService(await givenShop());
  const place = async () => (await orders.placeOrder(wanted('k'), { token: alice })).id;
  const first = await place();
  expect(await place()).toBe(first);
  setDefence('idempotency-key', false);
  onTestFinished(() => setDefence('idempotency-key', true));
  expect(await place()).not.toBe(first);
});

test.each([
  ['idempotencyKey', { idempotencyKey: '' }],
  ['paymentMethod', { paymentMethod: '' }],
  ['items', { items: [] }],
  ['items.0.quantity', wanted('k', 0)],
])('an order whose %s is missing or bad is refused by that name', async (field, flaw) => {
  const { orders } = await givenService(await givenShop());
  const placed = orders.placeOrder({ ...wanted('k'), ...flaw }, { token: alice });
  await expect(placed).rejects.toMatchObject({ kind: 'invalid', fields: [{ field }] });
});

test('lists go on where the last page ended', async () => {
  const { orders } = await givenService(await givenShop());
  const placed: string[] = [];
  for (const key of ['a', 'b', 'c']) placed.push((await orders.placeOrder(wanted(key), { token: alice })).id);
  const first = await orders.listOrders({ limit: 2 }, { token: alice });
  const second = await orders.listOrders({ limit: 2, cursor: first.nextCursor }, { token: alice });
  expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(placed.toReversed());
  expect(second.nextCursor).toBe('');
  const pending = await orders.listOrders({ status: OrderStatus.PENDING }, { token: alice });
  expect(pending.orders).toEqual([]);
});

test('the catalogue is paged and searched', async () => {
  const { catalogue } = await givenService(await givenShop());
  const first = await catalogue.listProducts({ limit: 1 });
  expect(first).toMatchObject({ products: [{ sku: 'ANC', available: 10 }], nextCursor: 'ANC' });
  expect(await catalogue.listProducts({ cursor: 'ANC' })).toMatchObject({ products: [{ sku: 'ROP' }], nextCursor: '' });
  expect((await catalogue.listProducts({ query: 'rop' })).products.map(({ sku }) => sku)).toEqual(['ROP']);
  expect((await catalogue.listProducts({ query: '%' })).products).toEqual([]);
  await expect(catalogue.getProduct({ sku: 'nope' })).rejects.toMatchObject({ reason: 'unknown-sku' });
});

test('an order that ended without a sale can’t be cancelled', async () => {
  const shop = await givenShop({ charge: async ({ orderId }) => ({ orderId, status: 4 }) });
  const { orders } = await givenService(shop);
  const { id, status } = await orders.placeOrder(wanted('k1'), { token: alice });
  expect(status).toBe(OrderStatus.CANCELLED);
  await expect(orders.cancelOrder({ id }, { token: alice })).rejects.toMatchObject({ kind: 'conflict' });
});

test('a watcher sees the journey as it happens, and can go on where it left', async () => {
  const shop = await givenShop({ charge: away });
  const { orders } = await givenService(shop);
  const { id } = await orders.placeOrder(wanted('k1'), { token: alice });
  const seen: string[] = [];
  let last = 0n;
  for await (const { type, sequence } of orders.watchOrder({ id }, { token: alice })) {
    seen.push(type);
    if (type !== 'order.created') continue;
    last = sequence;
    shop.payment.charge = captured;
    const worker = sagaWorker({ db: shop.db, checkout: shop.orders, log, giveUpMs: 60_000, everyMs: 20 });
    await worker.start?.();
    onTestFinished(() => worker.stop?.() as Promise<void>);
  }
  expect(seen).toEqual(['order.created', 'order.paid']);
  const rest: string[] = [];
  for await (const { type } of orders.watchOrder({ id, after: last }, { token: alice })) rest.push(type);
  expect(rest).toEqual(['order.paid']);
  for await (const { type } of orders.watchOrder({ id, after: last + 1_000n }, { token: alice })) rest.push(type);
  expect(rest).toEqual(['order.paid']);
});
