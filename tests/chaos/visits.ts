import { shopAt } from '../client.ts';
import { type Load, startLoad } from '../load/load.ts';
import { newBuyers, shopping, skusOf } from '../load/scenarios.ts';
import type { Victim } from './victim.ts';

/** Those who come to a shop while it is broken. */
export interface Visits {
  /** Visits a second. */
  rate: number;
  /** How many per cent of them are orders; the others look around. */
  checkout: number;
  /** Chooses who does what; with a seeded one a run repeats. */
  random?: () => number;
}

/** Visitors come from now on, until the load is stopped. */
export async function visit(
  { gateway: url, sandbox }: Victim,
  { rate, checkout, ...chance }: Visits,
  signal: AbortSignal,
): Promise<Load> {
  const shop = shopAt(url, () => sandbox);
  const [buyers, skus] = [await newBuyers(shop, 5), await skusOf(shop)];
  const mix = shopping({ buyers, skus, browse: 100 - checkout, checkout, ...chance });
  return startLoad({ url, rate, mix, signal, ...chance });
}
