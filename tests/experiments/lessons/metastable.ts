import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { recovery } from '../recovery.ts';
import { stretch } from '../stretch.ts';

const [CALM_S, BURST_S, AFTER_S] = [5, 10, 30];
const NORMAL = 8;
const BURST = 40;

/** Two connections that each question has for 100 ms: 20 answers a second. */
const connections = { DATABASE_CONNECTIONS: '2' };
const slow = fault('order', { kind: 'latency', at: 'select orders', ms: 100 });

const WELL = `all is well so many seconds after the burst (${AFTER_S}: it never was)`;
const LAST = 'visits served in the last 10 seconds (%)';

export const metastable: Lesson = {
  name: 'metastable',
  without: ['retry-budget', 'breaker', 'shedding', 'bulkhead', 'deadline-propagation'],
  story:
    `The shop can answer 20 visits a second, ${NORMAL} come, and for ${BURST_S} seconds ${BURST}; who gets no answer tries again, twice. With the defences the shop refuses what is too much, and ` +
    'soon after the burst all is well. Without them it works on questions whose askers have left, so that they come again, and there are more of them than it can answer: it stays down, ' +
    'although nothing is wrong any more (Bronson et al., Metastable Failures in Distributed Systems, 2021).',
  curve: 'served',
  variables: { order: connections },
  async run(bench) {
    const end = await bench.break(slow);
    const patience = { browse: 100, repeatAfterMs: 500, repeats: 2 };
    const load = bench.visits({ rate: NORMAL, ...patience });
    await bench.pass(CALM_S * 1_000);
    const burst = bench.visits({ rate: BURST - NORMAL, ...patience, durationMs: BURST_S * 1_000 });
    await bench.pass((BURST_S + AFTER_S) * 1_000);
    const report = await load.stop();
    await burst.done;
    await end();
    const broken = { from: CALM_S, to: CALM_S + BURST_S };
    const last = stretch(report.seconds, { from: broken.to + AFTER_S - 10, to: broken.to + AFTER_S });
    return {
      figures: { [WELL]: recovery(report.seconds, broken) ?? AFTER_S, [LAST]: last.served },
      report,
      broken,
    };
  },
  shows: (on, off) => (on[WELL] ?? AFTER_S) <= 5 && (off[LAST] ?? 100) < 50,
};
