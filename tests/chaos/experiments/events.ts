import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { targets } from '../../targets.ts';
import { fault, outside } from '../disruptions.ts';
import type { Experiment } from '../experiment.ts';
import type { Victim } from '../victim.ts';
import { served } from './served.ts';

/** Shoppers do not notice who is only told later. */
const nobodyNotices = served({ afterwards: true });

export const consumerDead: Experiment = {
  name: 'consumer-dead',
  hypothesis:
    'notification hears of nothing for 15 seconds: shoppers notice nothing, and every mail comes later, once.',
  targets,
  disruption: fault('notification', { kind: 'hang', at: 'process *' }, 'consumer dead'),
  lastsMs: 15_000,
  recoversInMs: 5_000,
  verdict: nobodyNotices,
};

export const mailServerAway: Experiment = {
  name: 'mail-server-away',
  hypothesis: 'The mail server refuses all mails: they wait in their queue, and each is sent once.',
  targets,
  disruption: outside('smtp', { errorRate: 1 }, 'the mail server refuses all'),
  lastsMs: 15_000,
  recoversInMs: 5_000,
  verdict: nobodyNotices,
};

/** Sends, by the way of order's own outbox, news of an order that never was, in a form that nobody can read. */
async function poison(victim: Victim): Promise<void> {
  await using ways = new AsyncDisposableStack();
  const client = new pg.Client({ connectionString: await victim.database('orders', ways) });
  await client.connect();
  try {
    const text = `insert into outbox (id, topic, key, type, data) values ($1, 'order', $2, 'order.paid.v1', '{"total": "much"}')`;
    await client.query(text, [randomUUID(), randomUUID()]);
  } finally {
    await client.end();
  }
}

export const poisonEvent: Experiment = {
  name: 'poison-event',
  hypothesis: 'Events come that nobody can read: they go to the dead letters with their reason, and hold up no other.',
  targets,
  disruption: {
    name: 'poisonous events',
    begin: async (victim) => {
      for (let n = 0; n < 5; n++) await poison(victim);
      return () => undefined;
    },
  },
  lastsMs: 5_000,
  recoversInMs: 5_000,
  verdict: nobodyNotices,
  audited: ({ deadLetters }) =>
    deadLetters.length < 5 ? [`5 events could not be read, and ${deadLetters.length} are among the dead letters`] : [],
};
