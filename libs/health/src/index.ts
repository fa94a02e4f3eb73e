/**
 * The three probes, the metrics and pages for operators, on a port of their own. Ready means "I can serve": only what this service cannot do
 * without counts; what it can do without is reported in the body. Live means "a restart would not help": it looks at nothing but this process.
 */
import { type OpsPages, opsServer, type Probe } from './ops.ts';

export type { OpsPages, OpsRequest } from './ops.ts';

/** Answers whether a dependency is there; throwing counts as no. */
export type Check = () => Promise<boolean> | boolean;

export interface HealthOptions {
  /** Without these the service cannot serve. */
  required?: Record<string, Check>;
  /** The service degrades without these; they are reported, and change nothing. */
  optional?: Record<string, Check>;
  /** Parts of this process that must be moving, such as a consumer. */
  alive?: Record<string, () => boolean>;
  /** What operators can see and set. */
  pages?: OpsPages;
}

export interface Health {
  started(): void;
  /** From now on not ready, for good. */
  drain(): void;
  ready(): Promise<{ ready: boolean; checks: Record<string, 'ok' | 'away'> }>;
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
}

const CHECK_TIMEOUT_MS = 1_000;

async function passes(check: Check): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([Promise.resolve().then(check), timeout]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function results(checks: Record<string, Check>): Promise<Record<string, 'ok' | 'away'>> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'away']);
  return Object.fromEntries(await Promise.all(entries));
}

/** The state behind the probes, and the server that tells it. */
export function health({ required = {}, optional = {}, alive = {}, pages = {} }: HealthOptions): Health {
  let state: 'starting' | 'serving' | 'draining' = 'starting';
  const ready = async () => {
    const [needed, others] = await Promise.all([results(required), results(optional)]);
    return {
      ready: state === 'serving' && Object.values(needed).every((result) => result === 'ok'),
      checks: { ...needed, ...others },
    };
  };
  const stuck = () => Object.keys(alive).filter((name) => !alive[name]?.());
  const probes: Record<string, Probe> = {
    '/healthz': async () => ({ ok: stuck().length === 0, body: { stuck: stuck() } }),
    '/startup': async () => ({ ok: state !== 'starting', body: { state } }),
    '/ready': async () => {
      const now = await ready();
      return { ok: now.ready, body: { state, checks: now.checks } };
    },
  };
  const server = opsServer(probes, pages);
  return {
    started: () => {
      if (state === 'starting') state = 'serving';
    },
    drain: () => {
      state = 'draining';
    },
    ready,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve((server.address() as { port: number }).port));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
