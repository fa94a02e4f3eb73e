import { onTestFinished } from 'vitest';
import { channel, type ResilienceEvent } from './events.ts';

/** What the defences do during this test, as `target event`. */
export function events(): string[] {
  const seen: string[] = [];
  const note = (message: unknown) => {
    const { target, event } = message as ResilienceEvent;
    seen.push(`${target} ${event}`);
  };
  channel.subscribe(note);
  onTestFinished(() => void channel.unsubscribe(note));
  return seen;
}
