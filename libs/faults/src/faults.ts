import { type CallsFault, callsFault } from './calls.ts';
import type { CallFault, Fault } from './fault.ts';
import { processFault } from './process.ts';

interface Active {
  fault: Fault;
  /** How many calls it has met. */
  met: number;
  calls?: CallsFault;
  end(): void;
}

const active = new Map<string, Active>();
/** Those of `active` that concern calls; kept so that a call pays nothing where there are none. */
let ofCalls: Active[] = [];

function changed(): void {
  ofCalls = [...active.values()].filter(({ calls }) => calls);
}

const concernsCalls = (fault: Fault): fault is CallFault => 'at' in fault;

function begin(fault: Fault): Omit<Active, 'end'> & { stop(): void } {
  if (!concernsCalls(fault)) return { fault, met: 0, stop: processFault(fault) };
  const calls = callsFault(fault);
  return { fault, met: 0, calls, stop: calls.end };
}

/** Begins a fault under a name; one that has the name already ends first. */
export function setFault(name: string, fault: Fault): void {
  endFault(name);
  const { stop, ...begun } = begin(fault);
  const timer = 'forMs' in fault && fault.forMs ? setTimeout(() => endFault(name), fault.forMs).unref() : undefined;
  const end = () => {
    clearTimeout(timer);
    stop();
  };
  active.set(name, { ...begun, end });
  changed();
}

/** Ends a fault; whether there was one of that name. */
export function endFault(name: string): boolean {
  active.get(name)?.end();
  const known = active.delete(name);
  changed();
  return known;
}

export const endFaults = (): void => [...active.keys()].forEach(endFault);

/** The faults of this process by their names, and how many calls each has met. */
export const faults = (): Record<string, Fault & { met: number }> =>
  Object.fromEntries([...active].map(([name, { fault, met }]) => [name, { ...fault, met }]));

/** Whether anything can befall a call: where not, whoever would prepare for it need not. */
export const callsFail = (): boolean => ofCalls.length > 0;

/**
 * Does `work` as far as the faults at this point let it. `note` hears the kind of each that has met it. What is traced can be broken: the points
 * are the names of spans.
 */
export function through<T>(point: string, work: () => Promise<T>, note?: (kind: Fault['kind']) => void): Promise<T> {
  let broken = work;
  for (const entry of ofCalls) {
    if (!entry.calls?.meets(point)) continue;
    const { apply } = entry.calls;
    const before = broken;
    entry.met++;
    note?.(entry.fault.kind);
    broken = () => apply(point, before);
  }
  return broken();
}
