import { setTimeout as delay } from 'node:timers/promises';
import { lastLines, prepareLog } from './logs.ts';
import { explained, Problem } from './problem.ts';
import { type RestartPolicy, type Supervised, supervise, type Unit } from './supervise.ts';

const READY_MS = 60_000;
/** Who takes longer to stop is killed: everything ends within five seconds. */
const GRACE_MS = 3_000;
const FOUNDATION_GRACE_MS = 1_500;
/** So long each has the system to itself when it stops; then the next one is asked to stop as well. */
const HEAD_START_MS = 400;

export interface FleetOptions {
  logOf: (name: string) => string;
  /** Called whenever a process has been started. */
  changed: () => void;
  say: (line: string) => void;
  policy?: RestartPolicy | undefined;
}

export type Fleet = ReturnType<typeof fleet>;

/** The processes of a system, in the order of their start. */
export function fleet({ logOf, changed, say, policy }: FleetOptions) {
  const members: Supervised[] = [];
  const failure = Promise.withResolvers<Problem>();

  function watch(name: string) {
    return {
      started() {
        try {
          changed();
        } catch (error) {
          const problem = explained(error);
          failure.resolve(problem instanceof Problem ? problem : new Problem(String(error), { cause: error }));
        }
      },
      died(how: string, pauseMs: number) {
        const [last = 'no log'] = lastLines(logOf(name), 1);
        say(`${name} ${how} (${last.slice(0, 150)}); it starts again in ${pauseMs / 1000} s`);
      },
      gaveUp(how: string) {
        const last = lastLines(logOf(name), 5).map((line) => `\n    ${line}`);
        const log = `its log (${logOf(name)}) ends with:${last.join('')}`;
        failure.resolve(new Problem(`${name} died again and again, at last it ${how}; ${log}`));
      },
    };
  }

  return {
    members,
    logOf,
    /** Resolves when a process had to be given up. */
    failed: failure.promise,
    launch(unit: Unit): void {
      prepareLog(logOf(unit.name));
      members.push(supervise(unit, watch(unit.name), policy));
    },
    /** Resolves when all serve; fails when one is given up, when `signal` says so, or when it takes too long. */
    ready: (signal?: AbortSignal) => allReady(members, failure.promise, signal),
    stop: () => stopInOrder(members.toReversed()),
    /** Ends all, this instant. */
    kill(): void {
      for (const member of members) void member.stop(0);
    },
  };
}

async function allReady(members: readonly Supervised[], failed: Promise<Problem>, signal?: AbortSignal): Promise<void> {
  const waiting = new Set(members.map(({ name }) => name));
  const settled = new AbortController();
  const ended = Promise.withResolvers<never>();
  const late = () =>
    new Problem(`not ready after ${READY_MS / 1000} s: ${[...waiting].join(', ')}; their logs say why`);
  const timer = setTimeout(() => ended.reject(late()), READY_MS);
  signal?.addEventListener('abort', () => ended.reject(signal.reason), { signal: settled.signal });
  void failed.then(ended.reject);
  try {
    const all = members.map((member) => member.ready.then(() => waiting.delete(member.name)));
    await Promise.race([Promise.all(all), ended.promise]);
  } finally {
    clearTimeout(timer);
    settled.abort();
  }
}

async function stopInOrder(members: readonly Supervised[]): Promise<void> {
  const deadline = performance.now() + GRACE_MS;
  const endings: Promise<void>[] = [];
  for (const member of members.filter(({ foundation }) => !foundation)) {
    const ending = member.stop(Math.max(0, deadline - performance.now()));
    endings.push(ending);
    await Promise.race([ending, delay(HEAD_START_MS)]);
  }
  await Promise.all(endings);
  await Promise.all(members.filter(({ foundation }) => foundation).map((member) => member.stop(FOUNDATION_GRACE_MS)));
}
