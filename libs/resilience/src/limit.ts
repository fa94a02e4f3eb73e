export interface LimitOptions {
  /** Where the limit begins: a queue of a second where 80 requests a second can be answered. In calm it returns to no less. */
  initial?: number;
  min?: number;
  max?: number;
  /** How many milliseconds a queue may cost those who wait in it. Work is late that has taken longer than this and twice its usual time. */
  lateMs?: number;
}

/** A piece of work that has ended. */
interface Ended {
  began: number;
  ms: number;
  /** How long such work takes when nothing is in its way, in ms. */
  usualMs: number;
  failed: boolean;
  /** How much was under way, this one included. */
  inFlight: number;
}

/** It is judged by so much work, in no less and no more than so long. */
const SAMPLES = 10;
const LEAST_MS = 100;
const MOST_MS = 1_000;

/** Lateness that is over sooner is a stall, as of a process that gets no processor. */
const STALL_MS = 5_000;
/** So many seconds of the usual pace may wait in it. */
const WAITING_S = 3;
/** And so much at the most: less than a second of the queue of who can do 120 a second, should it be a burst after all. */
const MOST_WAITING = 105;
/** The usual pace is a moving average over so long. */
const PACE_S = 3;
/** What comes so many times as fast is a burst: more than where one of two pods has gone, and the other one has all. */
const BURST = 3;
/** What comes is a moving average over so long: a burst is one before there is a queue of a second. */
const COMING_MS = 250;

/**
 * How much may be under way at a time, found out by how late it ends. While most work ends in time, and the limit is needed, it grows by its square
 * root. When most ends late it falls, from what was under way, in proportion (Gradient2 of Netflix' concurrency-limits, with a bound in time as in
 * CoDel, RFC 8289); unless that was little, and no queue of ours. It is judged by work that began since it was judged last: what began before knows
 * nothing of the limit as it is now, which is why TCP, too, takes one step a round trip (RFC 5681). A failure that comes soon is no sign of speed.
 *
 * A stall is no overload: while no more comes than usually, lateness is borne for some seconds, and what waits meanwhile is let in.
 */
export function adaptiveLimit(options: LimitOptions, now: () => number) {
  const { initial = 80, min = 10, max = 1_000, lateMs = 400 } = options;
  const empty = () => ({ since: now(), samples: 0, busiest: 0, late: 0, lateMs: 0, allowedMs: 0 });
  let limit = initial;
  let window = empty();
  /** Work that began and ended within a window, per second: all of it, but where it takes long. A stall does not lower it. */
  let pace = 0;
  /** Work that comes, per second. */
  let coming = { perSecond: 0, at: now() };
  let lateSince: number | undefined;

  const burst = () => coming.perSecond > BURST * pace;
  const patient = () => !burst() && now() - (lateSince ?? now()) < STALL_MS;

  function judge({ since, samples, busiest, late, lateMs: took, allowedMs }: ReturnType<typeof empty>): number {
    const seconds = (now() - since) / 1_000;
    const paceNow = pace + (samples / seconds - pace) * (1 - Math.exp(-seconds / PACE_S));
    const needed = busiest >= limit / 2;
    if (late > samples / 2) {
      pace = Math.max(pace, paceNow);
      lateSince ??= since;
      if (!needed || patient()) return limit;
      return Math.max(min, Math.min(limit, busiest) * Math.max(0.5, allowedMs / took));
    }
    pace = paceNow;
    lateSince = undefined;
    const grown = limit + Math.sqrt(limit);
    if (limit < initial) return Math.min(initial, grown);
    return needed ? Math.min(max, grown) : limit;
  }

  return {
    now: () => limit,
    /** To be asked when work comes: how much may be under way then. */
    admits(): number {
      const at = now();
      const before = coming.perSecond * Math.exp((coming.at - at) / COMING_MS);
      coming = { perSecond: before + 1_000 / COMING_MS, at };
      return patient() ? Math.max(limit, Math.min(WAITING_S * pace, MOST_WAITING)) : limit;
    },
    ended({ began, ms, usualMs, failed, inFlight }: Ended): void {
      const allowedMs = 2 * usualMs + lateMs;
      const late = ms > allowedMs;
      if (began < window.since || (failed && !late)) return;
      window.samples++;
      window.busiest = Math.max(window.busiest, inFlight);
      if (late) {
        window.late++;
        window.lateMs += ms;
        window.allowedMs += allowedMs;
      }
      const since = now() - window.since;
      if (since < LEAST_MS || (window.samples < SAMPLES && since < MOST_MS)) return;
      limit = judge(window);
      window = empty();
    },
  };
}
