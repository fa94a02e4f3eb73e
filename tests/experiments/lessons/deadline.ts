import { outside } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const BUY = 'POST /orders';
const WAITED = 'longest wait of a buyer (ms)';

export const deadline: Lesson = {
  name: 'deadline',
  without: ['deadline'],
  story:
    'The payment provider takes requests and says nothing for 12 seconds. With deadlines order waits for payment for 3 seconds at most, and the buyer is told that the order ' +
    'is accepted and will be paid later. Without them everybody in the chain waits for the next one, and the buyer for all of them, as long as it takes.',
  curve: 'p99',
  async run(bench) {
    const { report, broken } = await through(bench, {
      load: { rate: 4, checkout: 100, timeoutMs: 30_000 },
      disruption: outside('payments', { hangRate: 1 }, 'provider hangs'),
      brokenMs: 12_000,
    });
    const { p50 = 0, max = 0 } = report.routes[BUY] ?? {};
    return {
      figures: {
        'orders accepted': report.accepted.length,
        'half of the buyers waited at most (ms)': p50,
        [WAITED]: max,
      },
      report,
      broken,
    };
  },
  shows: ({ [WAITED]: on = 0 }, { [WAITED]: off = 0 }) => on < 5_000 && off > 2 * on,
};
