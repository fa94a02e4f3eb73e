import type { Facts, Statement } from './facts.ts';
import { charge, costs, nothing } from './ledger.ts';
import type { Order } from './orders.ts';
import type { Breach } from './sources.ts';

function expected({ status, amount, currency }: Order): Pick<Breach, 'statement' | 'expected'> | undefined {
  if (status === 'paid') {
    const statement = 'PAID: exactly one captured charge of exactly its total';
    return { statement, expected: charge('succeeded', amount, currency) };
  }
  if (status !== 'cancelled') return undefined;
  return { statement: 'CANCELLED: no charge that is not voided or refunded', expected: nothing };
}

const orphans = ({ orders, charges }: Facts): Breach[] =>
  [...charges]
    .filter(([id, all]) => !orders.has(id) && costs(all) !== nothing)
    .map(([order, all]) => {
      const found = `${costs(all)} (${all.map(({ id }) => id).join(', ')})`;
      return { statement: 'no charge without an order', order, expected: 'an order', found };
    });

/** Each customer pays for what is sold, once, and for nothing else. */
export const chargesMatch: Statement = (facts) => {
  const ofOrders = [...facts.orders.values()].flatMap((order) => {
    const wanted = expected(order);
    const found = costs(facts.charges.get(order.id));
    return wanted && found !== wanted.expected ? [{ ...wanted, order: order.id, found }] : [];
  });
  return [...ofOrders, ...orphans(facts)];
};
