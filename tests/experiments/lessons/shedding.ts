import { fault } from '../../chaos/disruptions.ts';
import { capacity } from '../../load/capacity.ts';
import { newBuyers, shopping, skusOf } from '../../load/scenarios.ts';
import type { Lesson } from '../lesson.ts';

const TIMES = 10;
const BURST_MS = 15_000;

const P99 = 'their 99th percentile, of the slowest route (ms)';
const GOODPUT = 'visits served in the burst (% of capacity)';

/** What bounds the capacity is no processor, so that those who come and those who refuse have one. */
const connections = { DATABASE_CONNECTIONS: '8' };
const slow = fault('order', { kind: 'latency', at: 'select orders', ms: 66 });

export const shedding: Lesson = {
  name: 'shedding',
  without: ['shedding'],
  story:
    `order has 8 connections to its database, which takes 66 ms for an answer. For ${BURST_MS / 1_000} seconds ${TIMES} times as many visitors come as it can serve. With shedding most of them are told ` +
    'at once to come back, before anything is done for them, and the others are served in time. Without it they are let in and wait for each other, each for as long as the ' +
    'gateway lets them, and some are answered too late.',
  curve: 'served',
  variables: { order: connections },
  async run(bench) {
    const { shop, victim } = bench;
    const mix = shopping({ buyers: await newBuyers(shop, 5), skus: await skusOf(shop), browse: 100 });
    const crowd = { url: victim.gateway, mix };
    const end = await bench.break(slow);
    await capacity({ ...crowd, visitors: 2, ms: 8_000 }); // with room for all, to get to know how long it takes
    const most = await capacity({ ...crowd, visitors: 16, ms: 6_000 });
    const report = await bench.visits({ rate: Math.round(TIMES * most), mix, durationMs: BURST_MS }).done;
    await end();
    const slowest = Math.max(...Object.values(report.routes).map(({ p99 }) => p99));
    const share = (visits: number) => (100 * visits) / report.sent;
    return {
      figures: {
        'capacity (visits a second)': most,
        [GOODPUT]: (100_000 * report.served) / BURST_MS / most,
        [P99]: slowest,
        'told when to come back (%)': share(report.refused),
        'left without a word (%)': share(report.failures.length - report.refused),
      },
      report,
      broken: { from: 0, to: BURST_MS / 1_000 },
    };
  },
  shows: (on, off) => (on[GOODPUT] ?? 0) > 80 && (off[P99] ?? 0) > 3 * (on[P99] ?? 0),
};
