import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const CALLS = 'calls that payment got meanwhile';
const WAITED = 'half of the buyers waited longer than (ms)';

export const breaker: Lesson = {
  name: 'breaker',
  without: ['breaker'],
  story:
    'payment hangs for 20 seconds, and each call to it ends by its deadline of 3 seconds. With the breaker order stops to ask after the first of them, and buyers are told at once that ' +
    'their orders are accepted and will be paid later. Without it each buyer waits for the same 3 seconds, and payment gets calls that it cannot answer.',
  curve: 'p99',
  async run(bench) {
    const { report, broken, visits, met } = await through(bench, {
      load: { rate: 12, checkout: 100 },
      disruption: fault('payment', { kind: 'hang', at: 'payment.v1.*' }),
      brokenMs: 20_000,
      ill: 'payment',
    });
    const { p50 = 0 } = report.routes['POST /orders'] ?? {};
    return { figures: { 'orders meanwhile': visits, [CALLS]: met, [WAITED]: p50 }, report, broken };
  },
  shows: (on, off) =>
    (off[WAITED] ?? 0) > 5 * (on[WAITED] ?? 0) && (on[WAITED] ?? 0) > 0 && (off[CALLS] ?? 0) > 1.7 * (on[CALLS] ?? 0),
};
