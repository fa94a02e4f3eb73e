import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Something that runs as a process, and is to stay. */
export interface Unit {
  name: string;
  start(): ChildProcess | Promise<ChildProcess>;
  /** Whether it serves. */
  ready(): Promise<boolean>;
  /** How it is asked to stop. */
  stopSignal?: NodeJS.Signals;
  /** The others need it to their end: it stops when they have. */
  foundation?: true;
}

export interface RestartPolicy {
  /** The first pause before a restart; each further one is twice as long, up to `maxMs`. */
  firstMs: number;
  maxMs: number;
  /** After having been ready for so long it starts with a clean slate. */
  healthyMs: number;
  /** So many quick deaths in a row, and it is given up. */
  deaths: number;
}

/** A kubelet's way (10 s, doubling), but for someone who waits at a terminal. */
export const restartPolicy: RestartPolicy = { firstMs: 100, maxMs: 10_000, healthyMs: 10_000, deaths: 10 };

export interface Watcher {
  started(): void;
  died(how: string, pauseMs: number): void;
  gaveUp(how: string): void;
}

export interface Supervised {
  readonly name: string;
  readonly foundation: boolean;
  readonly pid: number | undefined;
  /** Resolves when it first serves; never, if it never does. */
  readonly ready: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to stop, and resolves when it has; after `graceMs` it is killed. */
  stop(graceMs: number): Promise<void>;
}

const exited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function ending(child: ChildProcess): Promise<string> {
  if (!exited(child)) await once(child, 'exit');
  return child.signalCode ? `was ended by ${child.signalCode}` : `ended with exit code ${child.exitCode}`;
}

async function readiness(unit: Unit, child: ChildProcess): Promise<boolean> {
  while (!exited(child)) {
    if (await unit.ready()) return true;
    await delay(80);
  }
  return false;
}

/** Keeps `unit` running: starts it, starts it again when it dies, gives up after too many quick deaths. */
export function supervise(unit: Unit, watcher: Watcher, policy: RestartPolicy = restartPolicy): Supervised {
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;

  async function live(): Promise<{ how: string; healthyMs: number }> {
    child = await unit.start();
    if (stopping.signal.aborted) child.kill(unit.stopSignal);
    watcher.started();
    let readyAt = Number.POSITIVE_INFINITY;
    void readiness(unit, child).then((ready) => {
      if (!ready) return;
      readyAt = performance.now();
      first.resolve();
    });
    const how = await ending(child);
    return { how, healthyMs: performance.now() - readyAt };
  }

  async function keep(): Promise<void> {
    for (let deaths = 1; !stopping.signal.aborted; deaths += 1) {
      const { how, healthyMs } = await live().catch((error: Error) => ({
        how: `can't start: ${error.message}`,
        healthyMs: 0,
      }));
      if (stopping.signal.aborted) return;
      if (healthyMs >= policy.healthyMs) deaths = 1;
      if (deaths >= policy.deaths) return watcher.gaveUp(how);
      const pauseMs = Math.min(policy.maxMs, policy.firstMs * 2 ** (deaths - 1));
      watcher.died(how, pauseMs);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const kept = keep();
  return {
    name: unit.name,
    foundation: unit.foundation ?? false,
    get pid() {
      return child?.pid;
    },
    ready: first.promise,
    kill: (signal) => void child?.kill(signal),
    async stop(graceMs) {
      stopping.abort();
      child?.kill(unit.stopSignal);
      const hurry = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      await kept;
      clearTimeout(hurry);
    },
  };
}
