import type { TargetName } from '../targets.ts';
import { type Disruption, deploy, fault, kill, network, outside, partition, pause } from './disruptions.ts';

/** One thing that goes wrong, as it is written down: from when, how long, what. */
export interface Incident {
  atMs: number;
  lastsMs: number;
  what: string;
}

const apps = ['gateway', 'user', 'order', 'payment', 'notification'] as const;
const database = { order: 'orders', payment: 'payments', user: 'users', notification: 'notifications' } as const;

const slow = (ms: number) => ({ kind: 'latency', ms, distribution: 'exponential' }) as const;

/** All that can go wrong in a random run, on every target. Each leaves the shop able to come to rest by itself. */
const everywhere: readonly Disruption[] = [
  ...apps.map((name) => kill(name)),
  kill('postgresql'),
  ...apps.map((name) => pause(name)),
  ...apps.map((name) => deploy(name)),
  partition('user'),
  partition('payment'),
  outside('payments', { latencyMs: 3_000 }, 'provider slow'),
  outside('payments', { errorRate: 0.5 }, 'provider failing'),
  outside('payments', { dropAnswerRate: 0.5 }, 'provider silent'),
  outside('payments', { hangRate: 0.5 }, 'provider hanging'),
  outside('smtp', { errorRate: 0.5 }, 'mail server failing'),
  outside('smtp', { dropAnswerRate: 0.3 }, 'mail server silent'),
  ...Object.entries(database).map(([name, db]) =>
    fault(name as keyof typeof database, { at: `* ${db}`, percent: 20, ...slow(100) }, `database of ${name} slow`),
  ),
  fault('order', { kind: 'error', at: '* orders', percent: 10 }, 'database of order failing'),
  fault('payment', { kind: 'error', at: '* payments', percent: 10 }, 'database of payment failing'),
  fault('payment', { kind: 'drop', at: 'payment.v1.PaymentService/*', percent: 50 }, 'answers of payment lost'),
  fault('order', { kind: 'drop', at: 'order.v1.OrderService/*', percent: 50 }, 'answers of order lost'),
  fault('gateway', { kind: 'drop', at: 'POST /api/v1/orders', percent: 50 }, 'answers of the gateway lost'),
  fault(
    'payment',
    { kind: 'crash', at: 'stripe authorize', when: 'after', percent: 20 },
    'payment dies after it authorized',
  ),
  fault(
    'payment',
    { kind: 'crash', at: 'stripe capture', when: 'after', percent: 20 },
    'payment dies after it captured',
  ),
  fault(
    'order',
    { kind: 'crash', at: 'payment.v1.PaymentService/Charge', when: 'after', percent: 20 },
    'order dies after the charge',
  ),
  fault('order', { kind: 'crash', at: 'send *', when: 'after', percent: 10 }, 'order dies after it sent'),
  fault(
    'notification',
    { kind: 'crash', at: 'mail send', when: 'after', percent: 10 },
    'notification dies after a mail',
  ),
  fault('notification', { kind: 'hang', at: 'process *' }, 'notification hears nothing'),
  fault('order', { kind: 'cpu', percent: 70 }, 'order busy'),
  fault('gateway', { kind: 'stuck', ms: 2_000 }, 'gateway stuck'),
];

/** What can be taken away only where it is a server of its own. */
const servers: readonly Disruption[] = [kill('kafka'), kill('redis'), pause('kafka'), pause('redis')];

/** What needs neither a module of the kernel that may be missing nor a proxy that may not be there. */
const lossy = network('order', { lossPercent: 10 }, 'packets to order lost');

const known: Readonly<Record<TargetName, readonly Disruption[]>> = {
  embedded: everywhere,
  compose: [...everywhere, ...servers],
  kind: [...everywhere, ...servers, lossy],
};

const byName = (target: TargetName) => new Map(known[target].map((one) => [one.name, one]));

/** The disruption that an incident names. */
export function disruptionOf({ what }: Incident, target: TargetName): Disruption | undefined {
  return byName(target).get(what);
}

interface Chance {
  target: TargetName;
  /** From 0 to 1. */
  random: () => number;
  durationMs: number;
  everyMs: number;
}

/** Incidents at regular times, each of a random kind, for up to two intervals: they overlap. The same numbers give the same incidents. */
export function schedule({ target, random, durationMs, everyMs }: Chance): Incident[] {
  const names = [...byName(target).keys()];
  const count = Math.floor(durationMs / everyMs);
  return Array.from({ length: count }, (_, n) => ({
    atMs: n * everyMs,
    lastsMs: Math.round(everyMs * (0.2 + 1.8 * random())),
    what: names[Math.floor(random() * names.length)] ?? '',
  }));
}
