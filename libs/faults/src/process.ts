import type { ProcessFault } from './fault.ts';

const SLICE_MS = 100;

/** Holds the event loop. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}

const burn = (percent: number): (() => void) => every(SLICE_MS, () => busy((SLICE_MS * percent) / 100));

function leak(megabytesPerSecond: number): () => void {
  const kept: Buffer[] = [];
  const stop = every(1_000, () => void kept.push(Buffer.alloc(megabytesPerSecond * 2 ** 20, 1)));
  return () => {
    stop();
    kept.length = 0;
  };
}

function stick(ms: number): () => void {
  const timer = setImmediate(() => busy(ms)); // whoever asked for it is answered first
  return () => clearImmediate(timer);
}

const RealDate = Date;

/** Everybody's wall clock in this process is wrong. Timers and `performance.now()` go by another clock, as they do where a real one jumps. */
function skew(ms: number): () => void {
  const Skewed = class extends RealDate {
    constructor(...given: [] | [number]) {
      super(...(given.length === 0 ? ([RealDate.now() + ms] as [number]) : given));
    }

    static override now = () => RealDate.now() + ms;
  };
  globalThis.Date = Skewed as unknown as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}

/** Begins a fault of the process itself; what it returns ends it. */
export function processFault(fault: ProcessFault): () => void {
  switch (fault.kind) {
    case 'cpu':
      return burn(fault.percent);
    case 'leak':
      return leak(fault.megabytesPerSecond);
    case 'stuck':
      return stick(fault.ms);
    case 'skew':
      return skew(fault.ms);
  }
}
