import { migrate } from '@chandlery/database';
import type { Logger } from '@chandlery/telemetry';
import { PgBoss, type Db as Statements } from 'pg-boss';
import { reason } from './persist.ts';

/** A job of pg-boss dies with its worker after this long without a sign of life (the shortest pg-boss allows). */
export const LEASE_SECONDS = 10;

/** pg-boss over one database, started when it is first needed; a start that fails is tried again by the next who needs it. */
export interface PostgresServer {
  boss(): Promise<PgBoss>;
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  url: string;
  log: Logger;
  retentionMs: number;
}

export function postgresServer({ url, log, retentionMs }: PostgresServerOptions): PostgresServer {
  let started: Promise<PgBoss> | undefined;
  let forgetting: NodeJS.Timeout | undefined;

  async function start(): Promise<PgBoss> {
    await migrate(url, [new URL('../bus/', import.meta.url)]);
    const boss = pgBoss(url);
    boss.on('error', (error) => log.debug({ reason: reason(error) }, 'pg-boss error'));
    boss.on('warning', ({ message }) => log.debug({ reason: message }, 'pg-boss warning'));
    try {
      await boss.start();
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
    forgetting = setInterval(() => forget(boss, retentionMs).catch(() => undefined), 60_000).unref();
    return boss;
  }

  return {
    async boss() {
      started ??= start().catch((error) => {
        started = undefined;
        throw error;
      });
      return started;
    },
    async stop() {
      clearInterval(forgetting);
      const boss = await started?.catch(() => undefined);
      await boss?.stop({ graceful: false });
    },
  };
}

/** Ends the memory of topics at `retentionMs`. If it fails, there is another try in a minute. */
const forget = async (boss: PgBoss, retentionMs: number) =>
  boss.getDb().executeSql(`delete from log where published_at < now() - $1 * interval '1 ms'`, [retentionMs]);

function pgBoss(connectionString: string): PgBoss {
  const options = {
    connectionString,
    application_name: 'bus',
    max: 4,
    connectionTimeoutMillis: 5_000,
    // of pg itself: a server that neither answers nor hangs up is given up
    query_timeout: 15_000,
    keepAlive: true,
    schedule: false,
    // together they bound how late a dead consumer is noticed: the lease, and one interval
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    // of features that are not used here
    flowIntervalSeconds: 3_600,
    bamIntervalSeconds: 600,
  };
  return new PgBoss(options);
}

/** Runs `work` in one transaction of pg-boss' own pool. */
export async function inTransaction<T>(boss: PgBoss, work: (tx: Statements) => Promise<T>): Promise<T> {
  const transaction = await boss.getDb().beginTransaction?.();
  if (!transaction) throw new Error('pg-boss has no transactions over this connection');
  try {
    const result = await work(transaction.db);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
