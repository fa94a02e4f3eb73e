import { publish } from './events.ts';

/** Every defence that can be turned off, to see what it is for. */
export const defenceNames = [
  'deadline',
  'deadline-propagation',
  'retry',
  'retry-budget',
  'jitter',
  'breaker',
  'bulkhead',
  'shedding',
  'rate-limit',
  'idempotency-key',
  'outbox',
  'inbox',
  'saga-worker',
  'drain',
  'cache-guard',
  'connection-pool',
] as const;

export type Defence = (typeof defenceNames)[number];

const off = new Set<Defence>();

export const isDefence = (name: string): name is Defence => (defenceNames as readonly string[]).includes(name);

/** Whether the defence is on in this process; all are, until somebody turns them off. */
export const enabled = (name: Defence): boolean => !off.has(name);

/** Turns a defence on or off from now on; a change is published under its name. */
export function setDefence(name: Defence, on: boolean): void {
  if (on === enabled(name)) return;
  if (on) off.delete(name);
  else off.add(name);
  publish({ target: name, event: on ? 'defence-on' : 'defence-off' });
}

/** All defences, and whether they are on. */
export const defences = (): [name: Defence, on: boolean][] => defenceNames.map((name) => [name, enabled(name)]);
