import { type Outcome, refused, served } from './attempt.ts';

/** What became of the requests that were due in one second of a load, whenever their answers came. */
export interface Second {
  /** Seconds since the start. */
  at: number;
  /** All of them; the answers to the rest are still to come. */
  sent: number;
  served: number;
  /** Answered with 429 or 503 and a Retry-After. */
  refused: number;
  /** Neither served nor refused. */
  failed: number;
  /** Milliseconds, of those that were served; null where none was. */
  p50: number | null;
  p99: number | null;
  max: number | null;
}

export const allServed = ({ sent, served }: Second): boolean => sent > 0 && served === sent;

/** The second from which on all were well, to the end of the load; undefined where the last was not. */
export function wellFrom(seconds: readonly Second[], well: (second: Second) => boolean): number | undefined {
  const first = seconds.findLastIndex((second) => !well(second)) + 1;
  return seconds[first]?.at;
}

/** Tenths of a millisecond are as fine as anybody reads. */
const rounded = (ms: number) => Math.round(ms * 10) / 10;

/** Percentiles by nearest rank: so few values are kept as they are. */
function percentiles(latencies: readonly number[]): Pick<Second, 'p50' | 'p99' | 'max'> {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (percentile: number) => sorted[Math.ceil((percentile / 100) * sorted.length) - 1] ?? null;
  return { p50: at(50), p99: at(99), max: at(100) };
}

function second(at: number) {
  const counts = { sent: 0, served: 0, refused: 0, failed: 0 };
  const latencies: number[] = [];
  let known: Second | undefined;
  return {
    count(what: keyof typeof counts): void {
      counts[what]++;
      known = undefined;
    },
    took: (ms: number) => void latencies.push(rounded(ms)),
    // kept, since a load that is watched for an hour is asked for all of them every second
    summary: (): Second => {
      known ??= { at, ...counts, ...percentiles(latencies) };
      return known;
    },
  };
}

/** A load second by second; it keeps one number for each request that was served. */
export function timeline() {
  const seconds: ReturnType<typeof second>[] = [];

  function due(ms: number): ReturnType<typeof second> {
    const at = Math.floor(ms / 1_000);
    while (seconds.length <= at) seconds.push(second(seconds.length));
    return seconds[at] as ReturnType<typeof second>;
  }

  return {
    /** Something goes out that is due so many milliseconds after the start. */
    sending: (at: number): void => due(at).count('sent'),

    ended(outcome: Outcome): void {
      const { count, took } = due(outcome.at);
      if (served(outcome)) took(outcome.ms);
      count(served(outcome) ? 'served' : refused(outcome) ? 'refused' : 'failed');
    },

    seconds: (): Second[] => seconds.map(({ summary }) => summary()),
  };
}
