import { items, type Sources } from './sources.ts';

/** Money on a customer's card, as the provider has it. */
export interface Charge {
  id: string;
  orderId: string | null;
  amount: number;
  currency: string;
  status: 'requires_capture' | 'succeeded' | 'canceled';
  amountRefunded: number;
}

export const readCharges = ({ sandbox }: Sources): Promise<Charge[]> => items(`${sandbox}/sandbox/charges`);

/** What a charge still costs its customer. */
const standing = ({ status, amount, amountRefunded }: Charge) => (status === 'canceled' ? 0 : amount - amountRefunded);

export const nothing = 'no charge';

/** A charge in one line, to be compared. */
export const charge = (status: Charge['status'], amount: number, currency: string): string =>
  `${status} ${amount} ${currency}`;

/** What an order costs its customer, by the provider's ledger: voided and refunded charges cost nothing. */
export function costs(charges: readonly Charge[] = []): string {
  const left = charges.filter((one) => standing(one) > 0);
  return left.map((one) => charge(one.status, standing(one), one.currency)).join(', ') || nothing;
}
