import { PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { setDefence } from '@chandlery/resilience';
import { expect, onTestFinished, test, vi } from 'vitest';
import { away, captured, declined, givenShop, log } from './fixtures.ts';
import { sagaWorker } from './saga.ts';

async function givenWorkers(shop: Awaited<ReturnType<typeof givenShop>>, giveUpMs = 600_000, count = 1) {
  for (let started = 0; started < count; started++) {
    const worker = sagaWorker({ db: shop.db, checkout: shop.orders, log, giveUpMs, everyMs: 20 });
    await worker.start?.();
    onTestFinished(() => worker.stop?.() as Promise<void>);
  }
}

const status = async ({ db }: Awaited<ReturnType<typeof givenShop>>, id: string) =>
  (await db.selectFrom('orders').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status;

test('an order is paid without its buyer when payment is back', async () => {
  const shop = await givenShop({ charge: away });
  const { id } = await shop.place();
  await givenWorkers(shop);
  shop.payment.charge = captured;
  await vi.waitFor(async () => expect(await status(shop, id)).toBe('paid'), 10_000);
  expect(await shop.stock('ANC')).toEqual({ stock: 8, reserved: 0, sold: 2 });
});

test('an order is cancelled when the later answer is no', async () => {
  const shop = await givenShop({ charge: away });
  const { id } = await shop.place();
  await givenWorkers(shop);
  shop.payment.charge = declined;
  await vi.waitFor(async () => expect(await status(shop, id)).toBe('cancelled'), 10_000);
});

test('after the give-up time the charge is undone and the goods go back', async () => {
  const shop = await givenShop({ charge: away });
  const { id } = await shop.place();
  await givenWorkers(shop, 0);
  await vi.waitFor(async () => expect(await status(shop, id)).toBe('cancelled'), 10_000);
  expect(await shop.stock('ANC')).toEqual({ stock: 10, reserved: 0, sold: 0 });
});

test('a cancellation is seen through when payment is back', async () => {
  const shop = await givenShop({ cancel: away });
  const { id } = await shop.place();
  await shop.orders.cancel(id, 'changed my mind');
  await givenWorkers(shop);
  shop.payment.cancel = async ({ orderId }) => ({ orderId, status: PaymentStatus.REFUNDED });
  await vi.waitFor(async () => expect(await status(shop, id)).toBe('cancelled'), 10_000);
});

test('switched off, it leaves an order pending; switched on, it brings it to its end', async () => {
  setDefence('saga-worker', false);
  onTestFinished(() => setDefence('saga-worker', true));
  const shop = await givenShop({ charge: away });
  const { id } = await shop.place();
  await givenWorkers(shop);
  shop.payment.charge = captured;
  // five looks of the worker
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await status(shop, id)).toBe('pending');
  setDefence('saga-worker', true);
  await vi.waitFor(async () => expect(await status(shop, id)).toBe('paid'), 10_000);
});

test('two workers do not take the same order at the same time', async () => {
  let now = 0;
  let most = 0;
  const shop = await givenShop({ charge: away });
  for (let order = 0; order < 5; order++) await shop.place([{ sku: 'ANC', quantity: 1 }]);
  const perOrder = new Map<string, number>();
  shop.payment.charge = async (request, call) => {
    perOrder.set(request.orderId, (perOrder.get(request.orderId) ?? 0) + 1);
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    return captured(request, call);
  };
  await givenWorkers(shop, 600_000, 3);
  await vi.waitFor(async () => expect(await shop.stock('ANC')).toMatchObject({ sold: 5 }), 10_000);
  expect([...perOrder.values()]).toEqual([1, 1, 1, 1, 1]);
});
