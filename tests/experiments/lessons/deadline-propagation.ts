import { outside } from '../../chaos/disruptions.ts';
import type { Bench } from '../bench.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const CHARGE = 'payment.v1.PaymentService/Charge';
const FOR_NOBODY = 'seconds that payment waited on for nobody';
/** So long the news may take that the caller has left. */
const AT_ONCE_MS = 250;

/** How long payment's calls to the provider went on after order had stopped to wait for them, each in milliseconds. */
function overruns({ spans }: Bench): number[] {
  const calls = new Map(spans('order', CHARGE).map((span) => [span.spanId, span]));
  const work = new Map(spans('payment', CHARGE).map((span) => [span.spanId, calls.get(span.parentSpanId ?? '')]));
  return spans('payment', 'stripe').flatMap(({ parentSpanId = '', startMs, durationMs }) => {
    const call = work.get(parentSpanId);
    const ms = call ? startMs + durationMs - call.startMs - call.durationMs : 0;
    return ms > AT_ONCE_MS ? ms : [];
  });
}

export const deadlinePropagation: Lesson = {
  name: 'deadline-propagation',
  without: ['deadline-propagation'],
  story:
    'The payment provider takes requests and says nothing for 15 seconds; order waits for payment for 3 seconds. With its deadline passed on payment stops when order does. Without it ' +
    'payment waits on, as long as it would for anybody: for callers who have left, with a connection and the lease of the order in its hands, so that the next try finds it taken.',
  curve: 'p99',
  async run(bench) {
    const { report, broken } = await through(bench, {
      load: { rate: 8, checkout: 100 },
      disruption: outside('payments', { hangRate: 1 }, 'provider hangs'),
      brokenMs: 15_000,
    });
    await bench.quiet();
    const late = overruns(bench);
    return {
      figures: {
        'orders accepted': report.accepted.length,
        'calls to payment that failed': bench.spans('order', CHARGE).filter(({ failed }) => failed).length,
        'calls to the provider that went on after that': late.length,
        [FOR_NOBODY]: late.reduce((sum, ms) => sum + ms, 0) / 1_000,
      },
      report,
      broken,
    };
  },
  shows: ({ [FOR_NOBODY]: on = 0 }, { [FOR_NOBODY]: off = 0 }) => off > 10 && off > 10 * on,
};
