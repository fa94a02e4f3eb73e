import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import { allServed } from '../load/seconds.ts';

const SECONDS = 5;

/** Whether everybody was served in the last seconds whose visits have all been answered, or given up. */
function lastServed(load: Load): boolean {
  const { seconds } = load.report();
  const settled = seconds.filter(({ sent, served, failed, refused }) => sent === served + failed + refused);
  const last = settled.slice(0, -1).slice(-SECONDS);
  return last.length === SECONDS && last.every(allServed);
}

/** Waits until all visits of five seconds were served; false when the time for that is up. */
export async function untilServed(load: Load, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!lastServed(load)) {
    if (performance.now() > end) return false;
    await delay(100, undefined, { signal });
  }
  return true;
}
