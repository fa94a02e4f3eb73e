import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const lost = fault('gateway', { kind: 'drop', at: 'POST /api/v1/orders', percent: 30 });

const AGAIN = 'sent again';
const TWICE = 'paid twice';

export const idempotencyKey: Lesson = {
  name: 'idempotency-key',
  without: ['idempotency-key'],
  story:
    'A third of the answers to orders are lost on their way back, and the buyers, who cannot know, send the same again. With the key that both have in common ' +
    'the second one gets the answer of the first. Without it the second one is an order of its own, and is paid.',
  curve: 'served',
  async run(bench) {
    const load = { rate: 15, checkout: 100, repeatAfterMs: 500 };
    const { report, broken } = await through(bench, { load, disruption: lost, brokenMs: 15_000, afterMs: 3_000 });
    await bench.quiet();
    const [{ orders } = { orders: 0 }] = await bench.rows<{ orders: number }>(
      'orders',
      `select count(*)::int as orders from orders where status = 'paid'`,
    );
    return {
      figures: {
        'orders that were wanted': report.sent,
        [AGAIN]: report.repeated,
        'orders that were paid': orders,
        [TWICE]: Math.max(0, orders - report.sent),
      },
      report,
      broken,
    };
  },
  shows: (on, off) => on[TWICE] === 0 && (off[TWICE] ?? 0) > (off[AGAIN] ?? 0) / 2,
};
