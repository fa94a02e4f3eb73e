import { describe, expect, test } from 'vitest';
import { audit } from './audit.ts';
import { deaths, outboxes } from './damaged-events.ts';
import { mails, orders, stock } from './damaged-goods.ts';
import { charges } from './damaged-money.ts';
import { shopForTests } from './shop-for-tests.ts';
import { declined, paid, refunded, trace } from './sound-shop.ts';

const givenShop = shopForTests();
const all = [paid, refunded, declined];

test('a sound shop has no breach, even where a mail was sent twice with one Message-ID', async () => {
  const { sources } = await givenShop();
  expect(await audit(sources, all)).toEqual([]);
});

test('a dead letter whose reason can be read is no breach', async () => {
  const { sources, deadLetters } = await givenShop();
  deadLetters.push({ place: 'order.notification.dlq', type: 'order.paid.v1', key: paid, reason: 'bug: x', trace });
  expect(await audit(sources, all)).toEqual([]);
});

describe.each([
  { statement: 'every order answered with 2xx exists, and reaches PAID or CANCELLED', damages: orders },
  { statement: 'each customer pays for what is sold, once, and for nothing else', damages: charges },
  { statement: 'stock at the start = stock now + sold + reserved, for every SKU, and never negative', damages: stock },
  { statement: 'every PAID order’s mail is sent once; a second one has the same Message-ID', damages: mails },
  { statement: 'nothing stays in an outbox', damages: outboxes },
  { statement: 'nothing stays among the dead letters without a reason that a person can read', damages: deaths },
])('$statement', ({ statement, damages }) => {
  test.each(damages)('fails when $title', async ({ given, damage, found }) => {
    const shop = await givenShop(given);
    await damage?.(shop);
    const expected = found.map((breach) => expect.objectContaining({ statement, ...breach }));
    expect(await audit(shop.sources, all)).toEqual(expected);
  });
});
