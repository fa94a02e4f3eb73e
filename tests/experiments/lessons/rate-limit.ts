import { fault } from '../../chaos/disruptions.ts';
import { newBuyers } from '../../load/scenarios.ts';
import type { Lesson } from '../lesson.ts';
import { stretch } from '../stretch.ts';

const [CALM_S, FLOOD_S] = [5, 15];

/** Four connections that each question has for 20 ms: 200 answers a second. */
const connections = { DATABASE_CONNECTIONS: '4' };
const slow = fault('order', { kind: 'latency', at: 'select orders', ms: 20 });

const SERVED = 'visits of the others served (%)';
const P99 = 'their 99th percentile, in the middle second of the flood (ms)';

export const rateLimit: Lesson = {
  name: 'rate-limit',
  without: ['rate-limit'],
  story:
    'The shop can answer 200 visits a second; 20 come, and one client asks for the list of products 300 times a second. With the limit (20 a second for each client here) the one is ' +
    'told to slow down, and the others notice nothing. Without it who asks most gets most, and the others share what is left.',
  curve: 'served',
  variables: { gateway: { RATE_LIMIT_PER_SECOND: '20', RATE_LIMIT_BURST: '40' }, order: connections },
  async run(bench) {
    const [greedy] = await newBuyers(bench.shop, 1);
    const headers = { 'x-api-key': greedy?.key ?? '' };
    const list = () => ({ method: 'GET' as const, path: '/api/v1/products?limit=20', headers });
    const end = await bench.break(slow);
    const visitors = bench.visits({ rate: 20, browse: 100 });
    await bench.pass(CALM_S * 1_000);
    const mix = [{ route: 'GET /products', weight: 1, call: list }];
    const flood = await bench.visits({ rate: 300, mix, durationMs: FLOOD_S * 1_000 }).done;
    await bench.pass(CALM_S * 1_000);
    const report = await visitors.stop();
    await end();
    const broken = { from: CALM_S, to: CALM_S + FLOOD_S };
    const others = stretch(report.seconds, broken);
    return {
      figures: {
        [SERVED]: others.served,
        [P99]: others.p99,
        'answers to the one (a second)': flood.served / FLOOD_S,
      },
      report,
      broken,
    };
  },
  shows: (on, off) => (on[SERVED] ?? 0) > 98 && (off[SERVED] ?? 100) < 95 && (off[P99] ?? 0) > 2 * (on[P99] ?? 0),
};
