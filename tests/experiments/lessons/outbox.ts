import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const LOST = 'paid orders without a mail';

const brokerAway = fault('order', { kind: 'error', at: 'send order' }, 'the broker takes nothing from order');

export const outbox: Lesson = {
  name: 'outbox',
  without: ['outbox'],
  story:
    'For 8 seconds the broker takes no events from order, and people buy. With the outbox an event is a row in the transaction of its cause, and is sent when the broker is there again. ' +
    'Without it the event is sent beside the transaction, and nothing holds the two together: there are orders that are paid, and of which nobody ever hears.',
  curve: 'served',
  async run(bench) {
    const load = { rate: 15, checkout: 100 };
    const { report, broken } = await through(bench, { load, disruption: brokerAway, brokenMs: 8_000 });
    await bench.quiet();
    const paid = await bench.rows<{ id: string }>('orders', `select id from orders where status = 'paid'`);
    const heard = await bench.rows<{ id: string }>(
      'notifications',
      `select order_id as id from mails where template = 'order-paid'`,
    );
    const known = new Set(heard.map(({ id }) => id));
    return {
      figures: { 'orders accepted': report.accepted.length, [LOST]: paid.filter(({ id }) => !known.has(id)).length },
      report,
      broken,
    };
  },
  shows: (on, off) => on[LOST] === 0 && (off[LOST] ?? 0) > 20,
};
