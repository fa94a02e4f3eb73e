import { readFileSync } from 'node:fs';

/** A process that runs, and the URLs under which it can be reached. */
export interface RunningProcess {
  name: string;
  pid: number;
  http?: string;
  /** In the form http://host:port. */
  grpc?: string;
  metrics?: string;
  smtp?: string;
}

export interface RunFile {
  processes: RunningProcess[];
}

/** What `run.json` says; nothing where there is none, or where it can't be read. */
export function readRunFile(file: string): RunFile {
  try {
    const { processes } = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunFile>;
    return { processes: Array.isArray(processes) ? processes : [] };
  } catch {
    return { processes: [] };
  }
}
