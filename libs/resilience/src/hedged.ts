import { publish } from './events.ts';

export interface HedgeOptions {
  /** The share of the calls that are answered before a second one is sent. */
  percentile?: number;
  /** So many answers are seen before any call is doubled, and so many of the last ones count. */
  sample?: number;
}

/**
 * Asks a second time when the first answer takes longer than most, and takes the answer that comes first (Dean and Barroso, "The Tail at Scale"). The
 * other call is aborted. Second calls are paid from the budget of the retries, so a peer that is slow for everyone is not asked twice by everyone.
 */
export function hedged(target: string, options: HedgeOptions, budget: { withdraw(): boolean }) {
  const { percentile = 0.95, sample = 100 } = options;
  const durations: number[] = [];

  async function timed<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const began = performance.now();
    const result = await work(signal);
    durations.push(performance.now() - began);
    if (durations.length > sample) durations.shift();
    return result;
  }

  function patienceMs(): number | undefined {
    if (durations.length < sample) return undefined;
    return durations.toSorted((a, b) => a - b)[Math.ceil(percentile * sample) - 1];
  }

  return async <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const ms = patienceMs();
    if (ms === undefined) return timed(work, signal);
    const tries: AbortController[] = [];
    const ask = () => {
      const own = new AbortController();
      tries.push(own);
      return timed(work, AbortSignal.any([signal, own.signal]));
    };
    const first = ask();
    const { promise: due, resolve } = Promise.withResolvers<typeof late>();
    const timer = setTimeout(resolve, ms, late);
    try {
      const early = await Promise.race([first, due]);
      if (early !== late) return early;
      if (!budget.withdraw()) return await first;
      publish({ target, event: 'hedge' });
      return await Promise.any([first, ask()]);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      clearTimeout(timer);
      for (const own of tries) own.abort(overtaken);
    }
  };
}

const late = Symbol('late');
const overtaken = new Error('another answer was faster');
