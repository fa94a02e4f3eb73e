import { every, kill } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';

const BROKEN_MS = 15_000;

/** Orders that are paid, and of which notification has never heard. */
const unheard = async ({ rows }: Parameters<Lesson['run']>[0]): Promise<number> => {
  const paid = await rows<{ id: string }>('orders', `select id from orders where status = 'paid'`);
  const heard = await rows<{ id: string }>(
    'notifications',
    `select order_id as id from mails where template = 'order-paid'`,
  );
  const known = new Set(heard.map(({ id }) => id));
  return paid.filter(({ id }) => !known.has(id)).length;
};

export const outbox: Lesson = {
  name: 'outbox',
  without: ['outbox'],
  story:
    'order is killed every 3 seconds while people buy. With the outbox an event is a row in the transaction of its cause, and is sent when somebody is there again. ' +
    'Without it the event is sent beside the transaction: who dies in between has an order of which nobody hears.',
  curve: 'served',
  async run(bench) {
    const load = bench.visits({ rate: 20, browse: 0, checkout: 100 });
    await bench.pass(3_000);
    const end = await bench.break(every(3_000, kill('order')));
    await bench.pass(BROKEN_MS);
    await end();
    await bench.pass(5_000);
    const report = await load.stop();
    await bench.quiet();
    return {
      figures: { 'orders accepted': report.accepted.length, 'paid orders without a mail': await unheard(bench) },
      report,
      broken: { from: 3, to: 3 + BROKEN_MS / 1_000 },
    };
  },
  shows: (on, off) => on['paid orders without a mail'] === 0 && (off['paid orders without a mail'] ?? 0) > 0,
};
