import { bringUp } from './bring-up.ts';
import type { Settings } from './config.ts';
import type { DataFiles } from './data.ts';
import { explained, type Problem } from './problem.ts';
import type { RunningProcess } from './run-file.ts';
import type { Secrets } from './secrets.ts';
import type { Span } from './spans.ts';
import type { RestartPolicy } from './supervise.ts';
import type { DatabaseName, ServiceName } from './topology.ts';

export interface SystemOptions {
  /** Where state is kept; `.data` of this repository. */
  data?: string;
  /** The gateway's port; without it that of last time, or a free one. */
  port?: number;
  /** Start these alone. */
  only?: readonly ServiceName[];
  /** Forget all state first. */
  fresh?: boolean;
  /** Instead of those in the environment. */
  settings?: Settings;
  /** More variables for a service, beside what the topology gives it. */
  variables?: Partial<Record<ServiceName, Record<string, string>>>;
  /** Hears, line by line, what a person may want to know. */
  say?: (line: string) => void;
  /** Ends the start. */
  signal?: AbortSignal;
  /** Ends every process this instant. */
  hurry?: AbortSignal;
  policy?: RestartPolicy;
  /** The program of a service, where it isn't the app's own. */
  script?: (service: string) => string;
}

export interface System {
  /** URL of the gateway. */
  gateway: string;
  files: DataFiles;
  /** Who places the sample orders. */
  customer: Secrets['customer'];
  /** What runs now, as `run.json` has it. */
  processes(): RunningProcess[];
  /** What has come in of a trace. */
  spans(traceId: string): Span[];
  /** A service's database, for its own login. */
  databaseUrl(name: DatabaseName): string;
  /** Sends a signal to a process; one that dies of it is started again. */
  kill(name: string, signal: NodeJS.Signals): void;
  /** Stops everything in order, within five seconds. */
  stop(): Promise<void>;
  /** Resolves when a process had to be given up. */
  failed: Promise<Problem>;
}

/** Runs the whole shop on this machine, each service as a process of its own, and returns when all are ready. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const stack = new AsyncDisposableStack();
  try {
    return await bringUp(options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw explained(error);
  }
}
