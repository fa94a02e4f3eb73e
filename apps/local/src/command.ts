import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { Problem } from './problem.ts';

export interface CommandOptions {
  /** What it reads from standard input; secrets go this way, never by an argument. */
  input?: string;
  signal?: AbortSignal;
}

const lastLines = (output: string) => output.trim().split('\n').slice(-12).join('\n');

/**
 * Runs a program to its end and gives what it printed; an exit code other than 0 is a problem that quotes its last lines. It gives way to others on
 * this machine: each thread of a tool would else weigh as much as the whole cluster, whose shop serves meanwhile.
 */
export async function command(
  program: string,
  args: readonly string[],
  { input, signal }: CommandOptions = {},
): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  child.stdin.on('error', () => undefined); // it may end without having read everything; its exit code tells
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return out;
  throw new Problem(`${program} ${args.join(' ')} failed:\n${lastLines(err || out)}`);
}
