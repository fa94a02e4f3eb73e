import { randomUUID } from 'node:crypto';
import { expect, inject, onTestFinished } from 'vitest';
import { audit, type Sources } from '../audit/audit.ts';
import { anchor, shopAt } from '../client.ts';
import { capacity } from '../load/capacity.ts';
import { type Load, type LoadOptions, startLoad } from '../load/load.ts';
import type { Report } from '../load/report.ts';
import { shopping } from '../load/scenarios.ts';
import { forward } from './forward.ts';
import { secret, until } from './kube.ts';
import { allReady } from './pods.ts';
import { gateway, rate, sandbox } from './settings.ts';

const buyers = inject('buyers');

export const shop = shopAt(gateway, () => sandbox);

/** Buys an anchor, and gives the answer. */
export const buy = () =>
  shop.call('POST', '/api/v1/orders', {
    body: { items: anchor, paymentMethod: 'pm_card_visa' },
    headers: { 'x-api-key': buyers[0]?.key ?? '', 'idempotency-key': randomUUID() },
  });

/** Waits until everything is ready, and an order is paid at once: no breaker is open from an earlier test. */
export async function steady(): Promise<void> {
  await allReady();
  await until('an order is paid at once', async () => (await buy()).status === 201);
}

const mix = shopping({ buyers, skus: inject('skus'), browse: 90, checkout: 10 });

/** Some visit, each one thing after the other: a process that has just begun takes several times as long for each of its first hundreds. */
const warm = () => capacity({ url: gateway, mix, visitors: 3, ms: 5_000 });

/** A client that repeats waits longer than a claim on its key can outlive the gateway that died with it (10 s). */
export const repeating = { repeatAfterMs: 11_000 };

/** Shoppers come at a constant rate, and already get their answers, from now until the test ends or stops them. */
export async function underLoad(options: Partial<LoadOptions> = {}): Promise<Load> {
  await steady();
  await warm();
  const load = startLoad({ url: gateway, rate, mix, ...options });
  onTestFinished(async () => void (await load.stop()));
  await until('the first are served', async () => load.report().served > rate);
  return load;
}

/** One line for people. */
export const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

/** When the first and the last of the failed requests came, in seconds since the start. */
function span(failures: Report['failures']): string {
  const seconds = failures.map(({ at }) => Math.round(at / 100) / 10);
  return failures.length > 0 ? ` (from ${Math.min(...seconds)} s to ${Math.max(...seconds)} s)` : '';
}

/** Ends the load, tells its figures under a name, and holds that nobody was turned away. */
export async function allServed(load: Load, name: string): Promise<Report> {
  const report = await load.stop();
  const { sent, failures, failuresByKind, repeated, routes } = report;
  const again = repeated > 0 ? `, ${repeated} sent twice` : '';
  const latency = Object.entries(routes).map(([route, { p50, p99, max }]) => `${route} ${p50}/${p99}/${max}`);
  say(
    `${name}: ${sent} requests, ${failures.length} failed${span(failures)}${again}; p50/p99/max ms: ${latency.join(', ')}`,
  );
  expect(failures.slice(0, 3), JSON.stringify(failuresByKind)).toEqual([]);
  return report;
}

const databases = ['users', 'orders', 'payments', 'notifications'] as const;

/** Everything that was bought and answered is there, once; asked until all is quiet. */
export async function auditHolds(accepted: readonly string[]): Promise<void> {
  const passwords = await Promise.all(databases.map((name) => secret('postgresql', `${name.toUpperCase()}_PASSWORD`)));
  await using way = await forward('service/postgresql', 5432);
  const urls = databases.map((name, at) => {
    const login = `${name}:${encodeURIComponent(passwords[at] ?? '')}`;
    return [name, `postgres://${login}@127.0.0.1:${way.port}/${name}`] as const;
  });
  const sources = { databases: Object.fromEntries(urls) as Sources['databases'], sandbox };
  await expect.poll(() => audit(sources, accepted), { timeout: 120_000, interval: 1_000 }).toEqual([]);
}
