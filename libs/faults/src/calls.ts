import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '@chandlery/errors';
import type { CallFault } from './fault.ts';
import { seeded } from './random.ts';

type Work<T> = () => Promise<T>;

interface Call {
  point: string;
  /** Aborts when the fault ends. */
  ended: AbortSignal;
}

/** What a fault makes of one call. */
type Effect = <T>(work: Work<T>, call: Call) => Promise<T>;

/** What the caller at this point gets in place of the answer. */
export class LostAnswer extends Failure {
  readonly point: string;

  constructor(point: string) {
    super('unavailable', 'the answer was lost, as asked for', { reason: 'fault' });
    this.point = point;
  }
}

const failure = () => new Failure('unavailable', 'an error was asked for', { reason: 'fault' });

/** Dies as by `kill -9`. The first process of a container is immune to its own signals, but not to a trap. */
function crash(): never {
  process.kill(process.pid, 'SIGKILL');
  process.abort();
}

function durations({ ms, distribution = 'constant' }: Extract<CallFault, { kind: 'latency' }>, random: () => number) {
  if (distribution === 'uniform') return () => 2 * ms * random();
  if (distribution === 'exponential') return () => -ms * Math.log(1 - random());
  return () => ms;
}

/** The effect of a fault on the calls that it meets. */
function effectOf(fault: CallFault, random: () => number): Effect {
  if (fault.kind === 'latency') {
    const next = durations(fault, random);
    return async (work, { ended: signal }) => {
      await delay(next(), undefined, { signal }).catch(() => undefined); // it ended: the work goes on at once
      return work();
    };
  }
  if (fault.kind === 'error')
    return async () => {
      throw fault.transient === false ? new Error('a bug was asked for') : failure();
    };
  if (fault.kind === 'drop')
    return async (work, { point }) => {
      await work();
      throw new LostAnswer(point);
    };
  if (fault.kind === 'hang')
    return async (_, { ended }) => {
      if (!ended.aborted) await once(ended, 'abort');
      throw failure();
    };
  return async (work) => {
    if (fault.when !== 'after') crash();
    await work();
    crash();
  };
}

export interface CallsFault {
  meets(point: string): boolean;
  apply<T>(point: string, work: Work<T>): Promise<T>;
  end(): void;
}

const pattern = (at: string) => new RegExp(`^${at.split('*').map(RegExp.escape).join('.*')}$`);

/** A fault of calls, from now until its end. */
export function callsFault(fault: CallFault): CallsFault {
  const random = fault.seed === undefined ? Math.random : seeded(fault.seed);
  const ended = new AbortController();
  const effect = effectOf(fault, random);
  const here = pattern(fault.at);
  return {
    meets: (point) => here.test(point) && random() * 100 < (fault.percent ?? 100),
    apply: (point, work) => effect(work, { point, ended: ended.signal }),
    end: () => ended.abort(),
  };
}
