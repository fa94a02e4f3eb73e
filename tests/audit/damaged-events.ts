import { expect } from 'vitest';
import { type Damage, sql } from './damage.ts';
import type { TestShop } from './shop-for-tests.ts';
import { paid, trace, unknown } from './sound-shop.ts';

const eventTrace = '0af7651916cd43dd8448eb211c80319c';

const event = `insert into outbox (id, topic, key, type, data, traceparent, created_at) values
  (gen_random_uuid(), 'order', '${paid}', 'order.paid.v1', '{}', '00-${eventTrace}-b7ad6b7169203331-01', '2026-01-01T12:00:00Z')`;

export const outboxes: Damage[] = (['orders', 'payments', 'notifications', 'users'] as const).map((name) => ({
  title: `an event stays in the outbox of ${name}`,
  damage: sql(name, event),
  found: [
    {
      order: paid,
      expected: `order.paid.v1 of ${paid} with the broker`,
      found: expect.stringContaining(`in the outbox of ${name} since 2026-01-01`),
      trace: eventTrace,
    },
  ],
}));

const failed = `update mails set status = 'failed', last_error = null where order_id = '${paid}'`;
const dead = { place: 'order.notification.dlq', type: 'order.paid.v1', key: unknown, trace };

export const deaths: Damage[] = [
  {
    title: 'a mail was given up without a reason',
    damage: sql('notifications', failed),
    found: [
      { order: paid, trace, expected: `a reason for order-paid of ${paid} in mails of notifications`, found: 'none' },
    ],
  },
  ...[null, '', 'unknown'].map((reason) => ({
    title: `an event was given up for the reason ${JSON.stringify(reason)}`,
    damage: ({ deadLetters }: TestShop) => deadLetters.push({ ...dead, reason }),
    found: [{ expected: `a reason for order.paid.v1 of ${unknown} in order.notification.dlq`, found: 'none', trace }],
  })),
];
