import type { Socket } from 'node:net';
import { enabled } from '@chandlery/resilience';
import { gauge } from '@chandlery/telemetry';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { connections, PATIENCE_MS } from './connections.ts';
import { TracedClient } from './traced-client.ts';

export type { Transaction } from 'kysely';
export type Database<Tables> = Kysely<Tables>;

// bigint columns hold counts and minor units here, all below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * A pool of at most `max` connections. A query waits 5 s for its turn, if its caller does, and runs 10 s at the most. A connection that is in use and
 * says nothing for longer leads nowhere, as where packets are lost, and is given up.
 */
export function database<Tables>(url: string, { max = 10, silentMs = 15_000 } = {}): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    Client: TracedClient,
    max,
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: silentMs,
  });
  const limit = () => (enabled('connection-pool') ? max : Number.POSITIVE_INFINITY);
  unpooledWhereSwitchedOff(pool, limit);
  const { connect, waiting } = connections(pool, limit);
  // an idle connection that dies is replaced by the pool; without a listener it would end the process
  pool.on('error', () => undefined);
  pool.on('connect', (client) => giveUpWhenSilent(client, silentMs));
  gauge('database_pool_connections', 'Connections of the pool', ['state'], (states) => {
    states.set({ state: 'idle' }, pool.idleCount);
    states.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    states.set({ state: 'waiting' }, waiting());
  });
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }),
  });
}

function giveUpWhenSilent(client: pg.PoolClient, silentMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.setTimeout(silentMs, () => stream.destroy(new Error('connection terminated: it leads nowhere')));
}

/** Without the defence each query has a connection of its own, as many as there are queries. */
function unpooledWhereSwitchedOff({ options }: pg.Pool, limit: () => number): void {
  Object.defineProperties(options, {
    max: { get: limit },
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
