import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';
import { mostAtOnce } from '../traces.ts';

const CALLS = 'calls to payment under way at a time';
const FAILED = 'visits to the shelves that failed';

export const bulkhead: Lesson = {
  name: 'bulkhead',
  without: ['bulkhead'],
  story:
    'payment takes 2.8 seconds for each charge: slow, but no failure that would open a breaker. With the bulkhead 50 orders wait for it at a time, the others are accepted at once and paid ' +
    'later. Without it all wait; the shop sees that it has too much under way, and refuses visitors who only look around.',
  curve: 'served',
  async run(bench) {
    const { report, broken } = await through(bench, {
      load: { rate: 60, browse: 20, checkout: 80 },
      disruption: fault('payment', { kind: 'latency', at: 'payment.v1.PaymentService/Charge', ms: 2_800 }),
      brokenMs: 12_000,
    });
    await bench.quiet();
    const looks = report.failures.filter(({ route }) => route.startsWith('GET'));
    const calls = bench.spans('order', 'payment.v1.PaymentService/Charge');
    return {
      figures: { [CALLS]: mostAtOnce(calls), 'orders accepted': report.accepted.length, [FAILED]: looks.length },
      report,
      broken,
    };
  },
  shows: (on, off) =>
    (on[CALLS] ?? 0) <= 51 &&
    (off[CALLS] ?? 0) > 80 &&
    (off[FAILED] ?? 0) > 20 &&
    (on[FAILED] ?? 0) < (off[FAILED] ?? 0) / 5,
};
