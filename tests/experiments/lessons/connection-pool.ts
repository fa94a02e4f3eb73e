import type { Bench } from '../bench.ts';
import type { Lesson } from '../lesson.ts';

const MADE = 'connections made to the database of order, for each order';
const HALF = 'half of the orders took at most (ms)';

/** Connections that were ever made to order's database. */
async function sessions({ rows }: Bench): Promise<number> {
  const text = `select sessions::int from pg_stat_database where datname = current_database()`;
  const [row] = await rows<{ sessions: number }>('orders', text);
  return row?.sessions ?? 0;
}

export const connectionPool: Lesson = {
  name: 'connection-pool',
  without: ['connection-pool'],
  story:
    'People buy, ten a second; nothing is broken. With the pool a query takes one of the connections that are there. Without it each query, or transaction, makes a connection to PostgreSQL ' +
    'and ends it: a process there, a handshake and a password check each time, for a work of a millisecond.',
  curve: 'p99',
  async run(bench) {
    const warm = bench.visits({ rate: 10, checkout: 100, durationMs: 3_000 });
    await warm.done;
    const before = await sessions(bench);
    const report = await bench.visits({ rate: 10, checkout: 100, durationMs: 20_000 }).done;
    await bench.quiet();
    const { p50 = 0, p99 = 0 } = report.routes['POST /orders'] ?? {};
    return {
      figures: {
        [MADE]: ((await sessions(bench)) - before) / report.served,
        [HALF]: p50,
        '99 % of them (ms)': p99,
      },
      report,
    };
  },
  shows: (on, off) => (on[MADE] ?? 1) < 1 && (off[MADE] ?? 0) > 5 && (off[HALF] ?? 0) > 1.5 * (on[HALF] ?? 0),
};
