import { chargesMatch } from './charges.ts';
import { deathsHaveReasons } from './dead-letters.ts';
import { type Facts, look, type Statement } from './facts.ts';
import { mailsSentOnce } from './mails.ts';
import { ordersEnd } from './orders.ts';
import { outboxesEmpty } from './outbox.ts';
import { booksAgree } from './payments.ts';
import type { Breach, Sources } from './sources.ts';
import { stockAddsUp } from './stock.ts';

export type { Breach, Sources } from './sources.ts';

/** What must always be true, whatever fails. */
const statements: readonly Statement[] = [
  ordersEnd,
  chargesMatch,
  booksAgree,
  stockAddsUp,
  mailsSentOnce,
  outboxesEmpty,
  deathsHaveReasons,
];

/** Every place where a statement does not hold, with the order's trace where the statement has none of its own. */
export function judge(facts: Facts): Breach[] {
  return statements
    .flatMap((statement) => statement(facts))
    .map((breach) => {
      const trace = breach.trace ?? facts.orders.get(breach.order ?? '')?.trace;
      return { ...breach, ...(trace && { trace }) };
    });
}

/** Asks the databases, the provider's ledger and the mail server once. `accepted`: the orders that got a 2xx. */
export const audit = async (sources: Sources, accepted: readonly string[] = []): Promise<Breach[]> =>
  judge(await look(sources, accepted));
