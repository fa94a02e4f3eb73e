import { setTimeout as delay } from 'node:timers/promises';
import { complete, journey } from './journey.ts';
import { nextSteps } from './next-steps.ts';
import { type Customer, placeOrder } from './sample.ts';
import type { Span } from './spans.ts';
import { paragraph, type Say } from './steps.ts';

/** Where traces are kept. */
export interface Traces {
  /** What has come in of a trace. */
  spans(traceId: string): Span[] | Promise<Span[]>;
  /** Where all of it can be read. */
  urlOf(traceId: string): string;
}

/** A shop that runs, wherever that is. */
export interface Shop {
  /** URL of the gateway. */
  gateway: string;
  sandbox?: string | undefined;
  traces?: Traces | undefined;
  /** Who places the sample orders. */
  customer: Customer;
  /** A line for each thing to look at. */
  addresses: readonly string[];
}

async function wholeTrace({ spans }: Traces, traceId: string): Promise<Span[]> {
  for (const deadline = Date.now() + 6_000; ; await delay(50)) {
    const found = await spans(traceId);
    if (complete(found) || Date.now() > deadline) return found;
  }
}

/** Places the first order as a newcomer would, tells its way through the services, and what to try next. */
export async function showFirstOrder(shop: Shop, say: Say): Promise<void> {
  say('placing an order, as a newcomer would: sign up, sign in, look at the catalogue, buy');
  const sample = await placeOrder(shop.gateway, shop.customer, say);
  say('the mail is sent');
  const { total, id } = sample.order;
  const price = `${(total.amount / 100).toFixed(2)} ${total.currency.toUpperCase()}`;
  const way = shop.traces ? ['', ...journey(await wholeTrace(shop.traces, sample.traceId))] : [];
  paragraph([`Order ${id}: ${sample.item}, ${price}`, ...way]);
  paragraph(shop.addresses);
  paragraph(['Try next', ...nextSteps(shop, sample)]);
}

/** Says where things are; with `sample`, after the first order. */
export async function showShop(shop: Shop, sample: boolean, say: Say): Promise<void> {
  if (sample) await showFirstOrder(shop, say);
  else paragraph(shop.addresses);
}
