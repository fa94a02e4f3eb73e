import { onTestFinished } from 'vitest';
import { channel, type ResilienceEvent } from './events.ts';
import { limiter, type Priority } from './limiter.ts';

export interface ServerOptions {
  /** Requests that it works on at a time; others that it has let in wait for one to end. */
  workers: number;
  /** A request takes anything between the two, in ms. */
  least: number;
  most: number;
  seed: number;
  load: Phase[];
}

export interface Phase {
  perSecond: number;
  seconds: number;
}

export const rates = (...perSecond: number[]): Phase[] => perSecond.map((rate) => ({ perSecond: rate, seconds: 10 }));

const priorities: Priority[] = ['critical', 'normal', 'sheddable'];

/** Chance that repeats (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A server behind a limiter, with requests of all priorities at these rates, in a time of its own. */
export function overloaded({ workers, least, most, seed, load }: ServerOptions) {
  const random = chance(seed);
  const limits = limitsSeen();
  let clock = 0;
  const limit = limiter({ target: 'server', now: () => clock });
  const free = Array.from({ length: workers }, () => 0);
  const ends: { at: number; leave: () => void }[] = [];

  function endUntil(time: number): void {
    for (let next = ends[0]; next && next.at <= time; next = ends[0]) {
      ends.shift();
      clock = next.at;
      next.leave();
    }
    clock = time;
  }

  /** How long the request takes, or undefined for one that is refused. */
  function request(priority: Priority): number | undefined {
    try {
      const leave = limit.enter(priority, priority);
      const worker = free.indexOf(Math.min(...free));
      const at = Math.max(clock, free[worker] ?? 0) + least + random() * (most - least);
      free[worker] = at;
      ends.push({ at, leave: () => leave('success') });
      ends.sort((a, b) => a.at - b.at);
      return at - clock;
    } catch {
      return undefined;
    }
  }

  const phases = load.map(({ perSecond, seconds }) => {
    const admitted = { critical: 0, normal: 0, sheddable: 0 };
    const durations: number[] = [];
    let refused = 0;
    for (const end = clock + seconds * 1_000; clock < end; ) {
      endUntil(clock - Math.log(1 - random()) * (1_000 / perSecond));
      const priority = priorities[Math.floor(random() * 3)] as Priority;
      const ms = request(priority);
      if (ms === undefined) refused++;
      else admitted[priority] += durations.push(ms) && 1;
    }
    durations.sort((a, b) => a - b);
    const p99 = durations[Math.floor(0.99 * durations.length)] ?? 0;
    return { refused, admitted, p99, goodput: durations.length / seconds };
  });
  return { phases, refused: phases.reduce((sum, phase) => sum + phase.refused, 0), limits };
}

/** Every change of the limit. */
export function limitsSeen(): number[] {
  const seen: number[] = [];
  const note = (message: unknown) => {
    const { value } = message as ResilienceEvent;
    if (value !== undefined) seen.push(value);
  };
  channel.subscribe(note);
  onTestFinished(() => void channel.unsubscribe(note));
  return seen;
}
