import { once } from 'node:events';
import { Failure } from '@chandlery/errors';
import { type Static, Type } from 'typebox';
import { type Clock, clock as realClock } from './clock.ts';

const Rate = Type.Number({ minimum: 0, maximum: 1 });

/** An illness to be had by one of the two servers. Rates are shares of its requests. */
export const Fault = Type.Object(
  {
    target: Type.Union([Type.Literal('payments'), Type.Literal('smtp')]),
    /** Every request waits that long first. */
    latencyMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    /** Fails before any work is done. */
    errorRate: Type.Optional(Rate),
    /** Does nothing, and answers nothing for as long as the caller stays. */
    hangRate: Type.Optional(Rate),
    /** Does the work, then cuts the connection in place of an answer. */
    dropAnswerRate: Type.Optional(Rate),
    /** Ends by itself after that long. */
    forMs: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type Fault = Static<typeof Fault>;

/** The caller's end of a request. */
export interface Connection {
  /** Aborts when the caller has gone. */
  gone: AbortSignal;
  /** Closes it without a word. */
  cut(): void;
}

interface Active {
  fault: Fault;
  ended: AbortController;
}

export type Faults = ReturnType<typeof faults>;

/** Faults on demand, one for each target; a new one takes the place of the old. */
export function faults({ clock = realClock, random = Math.random }: { clock?: Clock; random?: () => number } = {}) {
  const active = new Map<Fault['target'], Active>();
  const chance = (rate = 0) => random() < rate;

  function end({ fault: { target }, ended }: Active): void {
    ended.abort();
    if (active.get(target)?.ended === ended) active.delete(target);
  }

  async function endLater(entry: Active, ms: number): Promise<void> {
    await clock.wait(ms, entry.ended.signal);
    end(entry);
  }

  return {
    set(fault: Fault): void {
      const before = active.get(fault.target);
      if (before) end(before);
      const entry = { fault, ended: new AbortController() };
      active.set(fault.target, entry);
      if (fault.forMs) void endLater(entry, fault.forMs);
    },

    list: (): Fault[] => [...active.values()].map(({ fault }) => fault),

    /** Ends all faults: what was slow goes on at once, what hangs is cut. */
    clear: (): void => active.forEach(end),

    /** Does `work` as far as the target's fault lets it; undefined when there is nobody left to answer to. */
    async through<T extends object>(
      target: Fault['target'],
      { gone, cut }: Connection,
      work: () => T | Promise<T>,
    ): Promise<T | undefined> {
      const { fault, ended } = active.get(target) ?? {};
      if (!fault || !ended) return work();
      if (fault.latencyMs) await clock.wait(fault.latencyMs, ended.signal);
      if (ended.signal.aborted) return work();
      if (chance(fault.errorRate)) throw new Failure('unavailable', 'an error was asked for', { reason: 'fault' });
      if (chance(fault.hangRate)) {
        const over = AbortSignal.any([gone, ended.signal]);
        if (!over.aborted) await once(over, 'abort');
        cut();
        return undefined;
      }
      const result = await work();
      if (!chance(fault.dropAnswerRate)) return result;
      cut();
      return undefined;
    },
  };
}
