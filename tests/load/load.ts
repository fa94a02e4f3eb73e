import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { attempt, type Call, comeBack, type Outcome, served } from './attempt.ts';
import { type Report, recorder } from './report.ts';

/** One kind of request, and its weight among the others. */
export interface Scenario {
  route: string;
  weight: number;
  call(): Call;
}

export interface LoadOptions {
  /** The gateway. */
  url: string;
  /** Requests a second, whatever becomes of them. */
  rate: number;
  mix: readonly Scenario[];
  /** Ends the load by itself. */
  durationMs?: number;
  /** Ends the load. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** A request that may be served later is sent once more, as it was, after this long, or after its Retry-After if that is longer. */
  repeatAfterMs?: number;
  /** How often it is sent once more at the most; once, unless told otherwise. */
  repeats?: number;
  /** Chooses among the scenarios; with a seeded one a run repeats. */
  random?: () => number;
}

export interface Load {
  /** What has become of the requests so far. */
  report(): Report;
  /** Sends no more, waits for the answers that are due, and reports. */
  stop(): Promise<Report>;
  /** The same, when the load ends by itself. */
  done: Promise<Report>;
}

/** One of them, by weight. */
export function choose(mix: readonly Scenario[], random: () => number): Scenario {
  let left = random() * mix.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = mix.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return chosen ?? (mix.at(-1) as Scenario);
}

/**
 * An open load: requests arrive at a constant rate, however slow the answers are, and each is measured from the moment when it should have
 * been sent. A closed loop would send less just when the system is ill, and not see it (coordinated omission).
 */
export function startLoad(options: LoadOptions): Load {
  const { url, rate, mix, durationMs = Number.POSITIVE_INFINITY, timeoutMs = 10_000, random = Math.random } = options;
  const most = options.repeatAfterMs === undefined ? 0 : (options.repeats ?? 1);
  const pool = new Agent({ connections: null, pipelining: 1 });
  const record = recorder();
  const open = new Set<Promise<void>>();
  const ending = new AbortController();
  const ended = AbortSignal.any([ending.signal, ...(options.signal ? [options.signal] : [])]);
  const start = performance.now();

  async function one({ route, call }: Scenario, at: number): Promise<void> {
    const request = call();
    let answer = await attempt(pool, url, request, timeoutMs);
    let repeats = 0;
    for (; repeats < most && !served(answer) && comeBack(answer); repeats++) {
      await delay(Math.max(options.repeatAfterMs ?? 0, answer.retryAfterMs ?? 0));
      answer = await attempt(pool, url, request, timeoutMs);
    }
    record.add({ ...answer, route, at, ms: performance.now() - start - at, repeated: repeats > 0 } satisfies Outcome);
  }

  async function arrivals(): Promise<void> {
    for (let n = 0; !ended.aborted; n++) {
      const at = (n * 1_000) / rate;
      if (at >= durationMs) return;
      const early = at - (performance.now() - start);
      // those that are late go at once, and their lateness counts
      if (early > 0) await delay(early, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      record.sending(at);
      const request: Promise<void> = one(choose(mix, random), at).finally(() => open.delete(request));
      open.add(request);
    }
  }

  async function run(): Promise<Report> {
    await arrivals();
    await Promise.all(open);
    await pool.close();
    return record.report();
  }

  const done = run();
  return {
    report: record.report,
    done,
    stop: () => {
      ending.abort();
      return done;
    },
  };
}
