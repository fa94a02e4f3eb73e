import type { DatabaseName, ServiceName } from '../../apps/local/src/topology.ts';
import type { Sources } from '../audit/audit.ts';
import type { TargetName } from '../targets.ts';

export type ServerName = 'postgresql' | 'kafka' | 'redis';

export type ProcessName = ServiceName | ServerName;

export type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/** Ends what was begun. */
export type End = () => Promise<unknown> | unknown;

/** What a network can suffer from. No target knows all of it. */
export interface NetworkIllness {
  /** So much later comes what is sent, in both directions. */
  latencyMs?: number;
  /** So many of the packets that come in are lost. */
  lossPercent?: number;
  /** So many of the connections are reset when next they carry something. */
  cutPercent?: number;
}

/** A shop that may be broken, wherever it runs. */
export interface Victim extends AsyncDisposable {
  target: TargetName;
  /** URLs. */
  gateway: string;
  sandbox: string;
  /** Opens the ways to what the audit asks; `ways` closes them. */
  sources(ways: AsyncDisposableStack): Promise<Sources>;
  /** URL of a database, for its own login, which may write; `ways` closes what that opens. */
  database(name: DatabaseName, ways: AsyncDisposableStack): Promise<string>;
  /** Directory of all that is stored, where it is on this machine. */
  data?: string;
  /** Sends a signal to one process of that name; one that dies of it is started again. */
  signal(name: ProcessName, signal: Signal): Promise<unknown>;
  /** Replaces all processes of that name, in the way in which a new version would. */
  restart(name: ServiceName): Promise<unknown>;
  /** Asks the ops port of each process of a service; what they answer, as text. */
  ops(name: ServiceName, method: string, path: string, body?: unknown): Promise<string[]>;
  /** Takes a server away until the end of it. */
  takeAway(name: ServerName): Promise<End>;
  /** Lets nobody reach a service, and it nobody, until the end of it. */
  partition(name: ServiceName): Promise<End>;
  /** Makes the network between a service and its peers ill until the end of it; a process that starts meanwhile may be free of it. */
  network(name: ServiceName, illness: NetworkIllness): Promise<End>;
  /** Who is not well, as the platform sees it, and what the defences say. */
  unwell(): Promise<string[]>;
}
