import { outside } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const AWAY_MS = 8_000;
const PATIENCE_MS = 45_000;

const PENDING = `orders pending ${PATIENCE_MS / 1_000} s later`;

const providerAway = outside('payments', { errorRate: 1 }, 'provider away');

export const sagaWorker: Lesson = {
  name: 'saga-worker',
  without: ['saga-worker'],
  story:
    'The payment provider is away for 8 seconds. Orders are accepted all the same, as pending. The saga worker pays for them when the provider is back. Without it nobody ' +
    'takes them up again: the goods are reserved, and the buyer waits for ever.',
  curve: 'served',
  async run(bench) {
    const { report, broken } = await through(bench, {
      load: { rate: 15, checkout: 100 },
      disruption: providerAway,
      brokenMs: AWAY_MS,
      afterMs: 9_000,
    });
    await bench.quiet(PATIENCE_MS);
    const [{ pending } = { pending: 0 }] = await bench.rows<{ pending: number }>(
      'orders',
      `select count(*)::int as pending from orders where status = 'pending'`,
    );
    return {
      figures: { 'orders accepted': report.accepted.length, [PENDING]: pending },
      report,
      broken,
    };
  },
  shows: (on, off) => on[PENDING] === 0 && (off[PENDING] ?? 0) > 20,
};
