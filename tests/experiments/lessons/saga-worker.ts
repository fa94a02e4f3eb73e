import { outside } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';

const AWAY_MS = 8_000;
const PATIENCE_MS = 45_000;

export const sagaWorker: Lesson = {
  name: 'saga-worker',
  without: ['saga-worker'],
  story:
    'The payment provider is away for 8 seconds. Orders are accepted all the same, as pending. The saga worker pays for them when the provider is back. Without it nobody ' +
    'takes them up again: the goods are reserved, and the buyer waits for ever.',
  curve: 'served',
  async run(bench) {
    const load = bench.visits({ rate: 15, checkout: 100 });
    await bench.pass(3_000);
    const end = await bench.break(outside('payments', { errorRate: 1 }, 'provider away'));
    await bench.pass(AWAY_MS);
    await end();
    await bench.pass(9_000);
    const report = await load.stop();
    await bench.quiet(PATIENCE_MS);
    const [{ pending } = { pending: 0 }] = await bench.rows<{ pending: number }>(
      'orders',
      `select count(*)::int as pending from orders where status = 'pending'`,
    );
    return {
      figures: {
        'orders accepted': report.accepted.length,
        [`orders pending ${PATIENCE_MS / 1_000} s later`]: pending,
      },
      report,
      broken: { from: 3, to: 3 + AWAY_MS / 1_000 },
    };
  },
  shows: (on, off) => {
    const pending = `orders pending ${PATIENCE_MS / 1_000} s later`;
    return on[pending] === 0 && (off[pending] ?? 0) > 20;
  },
};
