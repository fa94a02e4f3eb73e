import { judge } from './audit.ts';
import { type Facts, look } from './facts.ts';
import { type Patience, untilQuiet } from './quiet.ts';
import type { Breach, Sources } from './sources.ts';

export interface Verdict {
  target: string;
  /** What was looked at. */
  looked: Record<'orders' | 'accepted' | 'charges' | 'mails' | 'outbox' | 'deadLetters', number>;
  waitedSeconds: number;
  lookedSeconds: number;
  /** What was on its way still when the time for that was up. */
  unquiet: string[];
  deadLetters: Facts['deadLetters'];
  breaches: Breach[];
}

interface Question extends Patience {
  /** What is audited, in words. */
  target: string;
  /** Ids of orders that were answered with 2xx. */
  accepted: readonly string[];
}

const counted = (facts: Facts): Verdict['looked'] => ({
  orders: facts.orders.size,
  accepted: facts.accepted.length,
  charges: [...facts.charges.values()].reduce((sum, { length }) => sum + length, 0),
  mails: facts.mails.length,
  outbox: facts.outbox.length,
  deadLetters: facts.deadLetters.length,
});

const secondsSince = (began: number) => Math.round((performance.now() - began) / 100) / 10;

/** Waits until nothing is on its way, then asks everybody what has happened. */
export async function verdict(sources: Sources, { target, accepted, ...patience }: Question): Promise<Verdict> {
  const began = performance.now();
  const unquiet = await untilQuiet(sources, patience);
  const waitedSeconds = secondsSince(began);
  const looking = performance.now();
  const facts = await look(sources, accepted);
  return {
    target,
    looked: counted(facts),
    waitedSeconds,
    lookedSeconds: secondsSince(looking),
    unquiet,
    deadLetters: facts.deadLetters,
    breaches: judge(facts),
  };
}
