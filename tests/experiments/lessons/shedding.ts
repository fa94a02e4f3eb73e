import { newBuyers, shopping, skusOf } from '../../load/scenarios.ts';
import { capacity } from '../capacity.ts';
import type { Lesson } from '../lesson.ts';

const TIMES = 10;
const BURST_MS = 10_000;
const VISITORS = 16;

const GOODPUT = 'orders accepted in the burst (% of capacity)';
const P99 = 'their 99th percentile (ms)';

export const shedding: Lesson = {
  name: 'shedding',
  without: ['shedding'],
  story:
    `${TIMES} times as many orders come as the shop can take, for ${BURST_MS / 1_000} seconds. With shedding most are told at once to come back, before anything is done for them, and the others are ` +
    'served in time. Without it all are let in and wait for each other, until hardly any of them is answered in time.',
  curve: 'served',
  async run({ shop, victim, visits, pass }) {
    const mix = shopping({ buyers: await newBuyers(shop, 5), skus: await skusOf(shop), checkout: 100 });
    const scenario = () => mix[Math.floor(Math.random() * mix.length)] as (typeof mix)[number];
    const crowd = { url: victim.gateway, scenario, visitors: VISITORS };
    await capacity({ ...crowd, ms: 5_000 }); // a process is slow at first
    const most = await capacity({ ...crowd, ms: 5_000 });
    const load = visits({ rate: Math.round(TIMES * most), mix, durationMs: BURST_MS });
    const report = await load.done;
    await pass(1_000);
    const { p99 = 0 } = report.routes['POST /orders'] ?? {};
    return {
      figures: {
        'capacity (orders a second)': most,
        [GOODPUT]: (100_000 * report.served) / BURST_MS / most,
        [P99]: p99,
        'told when to come back (%)': (100 * report.refused) / report.sent,
        'left without a word (%)': (100 * (report.failures.length - report.refused)) / report.sent,
      },
      report,
      broken: { from: 0, to: BURST_MS / 1_000 },
    };
  },
  shows: (on, off) => (on[GOODPUT] ?? 0) > 2 * (off[GOODPUT] ?? 0),
};
