import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '@chandlery/resilience';
import type { Logger } from '@chandlery/telemetry';
import pg from 'pg';

export interface ListenerOptions {
  url: string;
  channel: string;
  log: Logger;
  /** Called with what each NOTIFY says, and without at each new connection: what was said before it was not heard. */
  heard: (payload?: string) => void;
}

const again = { baseMs: 200, maxMs: 5_000 };

/** Listens to a channel of PostgreSQL on a connection of its own, made again for ever when it breaks. */
export function listener({ url, channel, log, heard }: ListenerOptions) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;
  let failures = 0;

  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000, // else it is the system's: two hours
    });
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    client.on('error', () => undefined); // `end` comes after it
    client.on('end', stop);
    client.on('notification', ({ payload }) => heard(payload));
    signal.addEventListener('abort', stop);
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      failures = 0;
      heard();
      await over;
    } finally {
      signal.removeEventListener('abort', stop);
      await client.end();
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const reason = await listen().then(
        () => 'closed',
        (error) => error.code ?? error.name,
      );
      if (signal.aborted) return;
      log.warn({ channel, reason }, 'not listening');
      await delay(backoffMs(again, failures++), undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    name: `listener on ${channel}`,
    start(): void {
      running = run();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
