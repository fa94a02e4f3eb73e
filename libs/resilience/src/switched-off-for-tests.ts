import { onTestFinished } from 'vitest';
import { type Defence, setDefence } from './switches.ts';

/** Turns defences off for the rest of this test. */
export function switchedOff(...names: Defence[]): void {
  for (const name of names) {
    setDefence(name, false);
    onTestFinished(() => setDefence(name, true));
  }
}
