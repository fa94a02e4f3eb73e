import { enabled } from '@chandlery/resilience';
import { gauge } from '@chandlery/telemetry';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { rethrow } from './away.ts';
import { TracedClient } from './traced-client.ts';

export type { Transaction } from 'kysely';
export type Database<Tables> = Kysely<Tables>;

// bigint columns hold counts and minor units here, all below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

class Pool extends pg.Pool {
  // Kysely awaits a connection, the pool's own methods pass a callback
  override connect = ((...callback: []) => {
    const connecting = super.connect(...callback) as Promise<pg.PoolClient> | undefined;
    return connecting?.catch(rethrow);
  }) as pg.Pool['connect'];
}

/** A pool of at most `max` connections. A query waits 5 s for a connection and runs 10 s at the most. */
export function database<Tables>(url: string, { max = 10 } = {}): Kysely<Tables> {
  const pool = new Pool({
    connectionString: url,
    Client: TracedClient,
    max,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  unpooledWhereSwitchedOff(pool, max);
  // an idle connection that dies is replaced by the pool; without a listener it would end the process
  pool.on('error', () => undefined);
  gauge('database_pool_connections', 'Connections of the pool', ['state'], (connections) => {
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    connections.set({ state: 'waiting' }, pool.waitingCount);
  });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Without the defence each query has a connection of its own, as many as there are queries. */
function unpooledWhereSwitchedOff({ options }: pg.Pool, max: number): void {
  Object.defineProperties(options, {
    max: { get: () => (enabled('connection-pool') ? max : Number.POSITIVE_INFINITY) },
    maxUses: { get: () => (enabled('connection-pool') ? Number.POSITIVE_INFINITY : 1) },
  });
}

/** PostgreSQL's codes for "do it again": serialization failure and deadlock (Appendix A, class 40). */
const retried = new Set(['40001', '40P01']);

/** Runs `work` in one transaction, and again, up to five times, when PostgreSQL says that two transactions got in each other's way. */
export async function transaction<Tables, T>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === 5 || !retried.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
