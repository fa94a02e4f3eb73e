import { type Identity, onlyService } from '@chandlery/auth';
import { PaymentService, PaymentStatus } from '@chandlery/contracts/payment/v1/payment';
import { Failure } from '@chandlery/errors';
import { implement } from '@chandlery/grpc';
import { validate } from 'uuid';
import type { Charge, Payment } from '../domain/payment.ts';
import type { PaymentStore } from '../store/payments.ts';

export interface PaymentServiceOptions {
  payments: PaymentStore;
  charge: (charge: Charge) => Promise<Payment>;
  cancel: (orderId: string, userId: string) => Promise<Payment>;
}

/** Only order charges and cancels; a payment is shown to order and to the user whose it is. */
export const paymentService = ({ payments, charge, cancel }: PaymentServiceOptions) =>
  implement(PaymentService, {
    async charge({ orderId, userId, amount, currency, paymentMethod }, { identity }) {
      onlyService(identity, 'order');
      const wanted = { orderId, userId, amount: Number(amount), currency, paymentMethod };
      check(wanted, ['orderId', 'userId', 'amount', 'currency', 'paymentMethod']);
      return reply(await charge(wanted));
    },

    async cancel({ orderId, userId }, { identity }) {
      onlyService(identity, 'order');
      check({ orderId, userId }, ['orderId', 'userId']);
      return reply(await cancel(orderId, userId));
    },

    async getPayment({ orderId }, { identity }) {
      check({ orderId }, ['orderId']);
      const payment = await payments.find(orderId);
      if (!payment || !maySee(identity, payment)) throw new Failure('not_found', `no payment of order ${orderId}`);
      return reply(payment);
    },
  });

const maySee = ({ kind, id }: Identity, { userId }: Payment): boolean =>
  kind === 'user' ? id === userId : id === 'order';

type Rule = [message: string, holds: (value: never) => boolean];

const rules: Record<keyof Charge, Rule> = {
  orderId: ['must be a UUID', validate],
  userId: ['must be a UUID', validate],
  amount: ['must be a positive amount in minor units', (amount: number) => Number.isSafeInteger(amount) && amount > 0],
  currency: ['must be an ISO 4217 code', (currency: string) => /^[A-Z]{3}$/.test(currency)],
  paymentMethod: ['is missing', (paymentMethod: string) => paymentMethod !== ''],
};

function check(given: Partial<Charge>, names: (keyof Charge)[]): void {
  const fields = names.flatMap((field) => {
    const [message, holds] = rules[field];
    return holds(given[field] as never) ? [] : [{ field, message }];
  });
  if (fields.length > 0) throw new Failure('invalid', 'not a payment request', { fields });
}

const reply = ({ id, orderId, status, amount, currency, declineReason, updatedAt }: Payment) => ({
  id,
  orderId,
  status: PaymentStatus[status],
  amount: BigInt(amount),
  currency,
  declineReason: declineReason ?? '',
  updatedAt: {
    seconds: BigInt(Math.floor(updatedAt.getTime() / 1000)),
    nanos: updatedAt.getMilliseconds() * 1_000_000,
  },
});
