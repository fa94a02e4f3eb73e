import { setTimeout as delay } from 'node:timers/promises';
import type { Span } from '../../apps/local/src/spans.ts';
import type { ServiceName } from '../../apps/local/src/topology.ts';
import { untilQuiet } from '../audit/quiet.ts';
import { query } from '../audit/sources.ts';
import type { Disruption } from '../chaos/disruptions.ts';
import type { Victim } from '../chaos/victim.ts';
import { type Shop, shopAt } from '../client.ts';
import { type Load, type LoadOptions, startLoad } from '../load/load.ts';
import { type Mix, newBuyers, shopping, skusOf } from '../load/scenarios.ts';
import { samples } from '../metrics.ts';

/** What a lesson works with: a shop, its visitors, and ways to look into it. */
export interface Bench {
  victim: Victim;
  shop: Shop;
  /** Visitors from now on: `rate` a second, so many per cent of each kind. */
  visits(options: Pick<LoadOptions, 'rate'> & Mix & Partial<LoadOptions>): Load;
  /** Begins a disruption; what it returns ends it. */
  break(disruption: Disruption): ReturnType<Disruption['begin']>;
  /** The sum of a metric of a service, over the samples that have these labels. */
  metric(service: ServiceName, name: string, labels?: Record<string, string>): Promise<number>;
  /** How many calls the faults of a service have met that are there now. */
  met(service: ServiceName): Promise<number>;
  /** Spans that have come in, by the beginning of their names. They come a moment after their ends. */
  spans(service: ServiceName, name: string): Span[];
  /** The rows of one query. */
  rows<Row>(database: 'orders' | 'payments' | 'notifications' | 'users', text: string): Promise<Row[]>;
  /** Waits, for so long at most, until nothing is on its way; what still is. */
  quiet(withinMs?: number): Promise<string[]>;
  /** Lets so many milliseconds of the load pass. */
  pass(ms: number): Promise<void>;
  signal: AbortSignal;
}

/** Prepares a shop for a lesson: some buyers have signed up. */
export async function benchOn(victim: Victim, signal: AbortSignal, all: readonly Span[] = []): Promise<Bench> {
  const shop = shopAt(victim.gateway, () => victim.sandbox);
  const [buyers, skus] = [await newBuyers(shop, 5), await skusOf(shop)];
  return {
    victim,
    shop,
    signal,
    visits: ({ browse = 0, checkout = 0, ...options }) =>
      startLoad({ url: victim.gateway, mix: shopping({ buyers, skus, browse, checkout }), signal, ...options }),
    break: (disruption) => disruption.begin(victim),
    metric: async (service, name, wanted = {}) => {
      const pages = await victim.ops(service, 'GET', '/metrics');
      return pages
        .flatMap((page) => samples(page, name))
        .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
        .reduce((sum, { value }) => sum + value, 0);
    },
    met: async (service) => {
      const faults = (await victim.ops(service, 'GET', '/ops/faults')).flatMap((text) =>
        Object.values(JSON.parse(text)),
      );
      return faults.reduce((sum: number, fault) => sum + (fault as { met: number }).met, 0);
    },
    spans: (service, name) => all.filter((span) => span.service === service && span.name.startsWith(name)),
    rows: async (database, text) => {
      await using ways = new AsyncDisposableStack();
      return query((await victim.sources(ways)).databases[database], text);
    },
    quiet: async (withinMs = 30_000) => {
      await using ways = new AsyncDisposableStack();
      return untilQuiet(await victim.sources(ways), { timeoutMs: withinMs });
    },
    pass: (ms) => delay(ms, undefined, { signal }),
  };
}
