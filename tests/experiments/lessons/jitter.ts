import { fault } from '../../chaos/disruptions.ts';
import type { Bench } from '../bench.ts';
import type { Lesson } from '../lesson.ts';
import { peak } from '../traces.ts';

const TIMES = 10;
const STILL_MS = 500;
/** Longer than all that is repeated needs to come back, with jitter or without it. */
const AGAIN_MS = 150;
const WINDOW_MS = 10;

const PEAK = `calls to order in the busiest ${WINDOW_MS} ms after that`;

const hanging = fault('order', { kind: 'hang', at: 'order.v1.*' });

/** How high the wave is that begins at each of these moments, on average. */
function waves({ spans }: Bench, moments: readonly number[]): number {
  const calls = spans('gateway', 'order.v1.').map(({ startMs }) => startMs);
  const wave = (from: number) =>
    peak(
      calls.filter((at) => at >= from && at < from + AGAIN_MS),
      WINDOW_MS,
    );
  return moments.reduce((sum, moment) => sum + wave(moment), 0) / moments.length;
}

export const jitter: Lesson = {
  name: 'jitter',
  without: ['jitter'],
  story:
    `${TIMES} times order stands still, twice in a row, and each time fails all the calls that wait for it at once. With jitter each of them is repeated after a time of its own. Without ` +
    'it they come back as they went, all at once, to a service that has just come up. The retry budget is off in both shops: it would let half of the repeats through.',
  curve: 'p99',
  variables: { gateway: { DEFENCES_OFF: 'retry-budget' } },
  async run(bench) {
    const load = bench.visits({ rate: 40, browse: 100 });
    await bench.pass(5_000);
    const moments: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      await bench.break(hanging);
      await bench.pass(STILL_MS);
      const end = await bench.break(hanging); // what waits fails, and waits again
      await bench.pass(AGAIN_MS);
      moments.push(Date.now());
      await end();
      await bench.pass(900);
    }
    const report = await load.stop();
    await bench.pass(1_000); // the last spans are on their way
    const repeats = await bench.metric('gateway', 'resilience_events_total', { event: 'retry' });
    return {
      figures: {
        'repeats each time': repeats / TIMES,
        [PEAK]: waves(bench, moments),
        'visits that failed': report.failures.length,
      },
      report,
      broken: { from: 5, to: report.seconds.length },
    };
  },
  shows: ({ [PEAK]: on = 0 }, { [PEAK]: off = 0 }) => on > 0 && off > 1.6 * on,
};
