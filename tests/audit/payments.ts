import type { Statement } from './facts.ts';
import { charge, costs, nothing } from './ledger.ts';
import { query, type Sources } from './sources.ts';

/** What the payment service believes of an order's money. */
export interface Payment {
  orderId: string;
  amount: number;
  currency: string;
  status: 'PENDING' | 'AUTHORIZED' | 'CAPTURED' | 'DECLINED' | 'VOIDED' | 'REFUNDED';
}

export const readPayments = ({ databases }: Sources): Promise<Payment[]> =>
  query(
    databases.payments,
    `select order_id::text as "orderId", amount::float8 as amount, lower(currency) as currency, status
     from payments order by order_id`,
  );

function believed({ status, amount, currency }: Payment): string {
  if (status === 'CAPTURED') return charge('succeeded', amount, currency);
  return status === 'AUTHORIZED' ? charge('requires_capture', amount, currency) : nothing;
}

/** The payment service and the provider keep the same books. */
export const booksAgree: Statement = ({ payments, charges }) => {
  const statement = 'the payment service’s book says what the provider’s ledger says';
  const book = new Map(payments.map((payment) => [payment.orderId, believed(payment)]));
  return [...new Set([...book.keys(), ...charges.keys()])]
    .map((order) => ({ order, expected: costs(charges.get(order)), found: book.get(order) ?? nothing }))
    .filter(({ expected, found }) => expected !== found)
    .map(({ order, expected, found }) => ({
      statement,
      order,
      expected: `${expected}, as the ledger has it`,
      found: `${found} in the book`,
    }));
};
