import { places, policy, signal, withDeadline } from '@chandlery/resilience';
import type pg from 'pg';
import { PEER, postgresAway, rethrow } from './away.ts';

/** How long a query waits for its turn, and then for a connection. */
export const PATIENCE_MS = 5_000;
/** PostgreSQL is back within seconds from a restart, and one try more hurts nobody. */
const RESET_MS = 1_000;

/**
 * The connections of a pool, for at most `limit` queries or transactions at a time. Who has gone is not served: it leaves the queue, and a
 * connection that comes too late for it goes back to the pool. The policy is for new connections, outside of which is the queue: a wait for others'
 * queries says nothing about PostgreSQL. To connect may be repeated, since nothing has been asked yet.
 */
export function connections(pool: pg.Pool, limit: () => number) {
  const turns = places(limit);
  const peer = policy({
    target: PEER,
    deadlineMs: PATIENCE_MS,
    breaker: { resetMs: RESET_MS },
    bulkhead: Number.POSITIVE_INFINITY, // the turns are the bulkhead
    transient: postgresAway,
  });

  async function connect(): Promise<pg.PoolClient> {
    signal()?.throwIfAborted();
    const leave = turns.take() ?? (await withDeadline(PEER, PATIENCE_MS, turns.enter));
    try {
      const idle = pool.idleCount > pool.waitingCount;
      const client = await (idle ? pool.connect() : peer.run((gone) => unlessGone(pool.connect(), gone), true));
      const { release } = client;
      client.release = (broken) => {
        release(broken);
        leave();
      };
      return client;
    } catch (error) {
      leave();
      throw error;
    }
  }

  return { connect: () => connect().catch(rethrow), waiting: turns.waiting };
}

/** The connection, if it is there before its caller has gone; else it goes back when it comes. */
function unlessGone(connecting: Promise<pg.PoolClient>, gone: AbortSignal): Promise<pg.PoolClient> {
  const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>();
  const leave = () => reject(gone.reason);
  if (gone.aborted) leave();
  gone.addEventListener('abort', leave, { once: true });
  connecting
    .then((client) => (gone.aborted ? client.release() : resolve(client)), reject)
    .finally(() => gone.removeEventListener('abort', leave));
  return promise;
}
