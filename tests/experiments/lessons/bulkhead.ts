import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';
import { mostAtOnce } from '../traces.ts';

const CHARGE = 'payment.v1.PaymentService/Charge';
const PLACE = 'order.v1.OrderService/PlaceOrder';
const WIDTH = 15;

const AT_ONCE = 'calls to payment under way at a time';
const IN_VAIN = 'calls to payment in vain';
const DONE = 'orders paid while the buyer waits';

export const bulkhead: Lesson = {
  name: 'bulkhead',
  without: ['bulkhead'],
  story:
    `Each statement in payment’s database takes 0.2 seconds, so that payment can do 10 orders a second, and 20 come. With the bulkhead ${WIDTH} of them wait for payment at a time, and are paid ` +
    'in time; the others are accepted at once and paid later. Without it all of them stand in payment’s queue, until it takes so long that hardly anybody is still there when their turn comes. ' +
    'payment’s own shedding is off in both shops: from its side it would do the same.',
  curve: 'p99',
  variables: { order: { PAYMENT_CONCURRENCY: String(WIDTH) }, payment: { DEFENCES_OFF: 'shedding' } },
  async run(bench) {
    const { report, broken, visits, meanwhile } = await through(bench, {
      load: { rate: 20, checkout: 100 },
      wellMs: 6_000,
      disruption: fault('payment', { kind: 'latency', at: '* payments', ms: 200 }),
      brokenMs: 12_000,
    });
    await bench.quiet(60_000);
    const calls = bench.spans('order', CHARGE).filter(({ startMs }) => meanwhile(startMs));
    const waiting = new Set(bench.spans('order', PLACE).map(({ spanId }) => spanId));
    const done = calls.filter(({ failed, parentSpanId = '' }) => !failed && waiting.has(parentSpanId));
    return {
      figures: {
        'orders meanwhile': visits,
        [AT_ONCE]: mostAtOnce(calls),
        [IN_VAIN]: calls.filter(({ failed }) => failed).length,
        [DONE]: done.length,
      },
      report,
      broken,
    };
  },
  shows: (on, off) =>
    (on[AT_ONCE] ?? 0) <= WIDTH && (off[AT_ONCE] ?? 0) > 2 * WIDTH && (on[DONE] ?? 0) > 2 * (off[DONE] ?? 0),
};
