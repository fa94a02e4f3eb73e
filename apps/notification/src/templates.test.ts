import { expect, test } from 'vitest';
import { money, orderCancelledText, orderPaidText } from './templates.ts';

const order = {
  orderId: '0190a000-0000-7000-8000-000000000001',
  userId: '0190a000-0000-7000-8000-000000000002',
  total: { amount: 123456, currency: 'EUR' },
  items: [
    { sku: 'CLEAT-10', name: 'Bronze cleat', quantity: 2 },
    { sku: 'ROPE-12', name: 'Mooring rope', quantity: 1 },
  ],
};

test.each([
  [{ amount: 5, currency: 'EUR' }, '€0.05'],
  [{ amount: 123456, currency: 'EUR' }, '€1,234.56'],
  [{ amount: 1500, currency: 'JPY' }, '¥1,500'],
  [{ amount: 1500, currency: 'KWD' }, 'KWD\u00a01.500'],
])('%o is written %s', (amount, written) => {
  expect(money(amount)).toBe(written);
});

test('the mail of a paid order names the order, each item and the total', () => {
  const { subject, body } = orderPaidText(order);
  expect(subject).toContain(order.orderId);
  for (const part of [order.orderId, '2 x Bronze cleat (CLEAT-10)', '1 x Mooring rope (ROPE-12)', '€1,234.56']) {
    expect(body).toContain(part);
  }
});

test('the mail of a cancelled order says why', () => {
  const { subject, body } = orderCancelledText({ ...order, reason: 'card-declined' });
  expect(subject).toContain('cancelled');
  expect(body).toContain('card declined');
});
