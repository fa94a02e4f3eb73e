/** Where an order's payment stands. PENDING: written down; the provider may or may not hold something. */
export type PaymentStatus = 'PENDING' | 'AUTHORIZED' | 'CAPTURED' | 'DECLINED' | 'VOIDED' | 'REFUNDED';

/** What an order costs, and how it is paid. */
export interface Charge {
  orderId: string;
  userId: string;
  /** Minor units. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** A token of the provider's. */
  paymentMethod: string;
}

/** An order's payment. Without a payment method it is a tombstone: cancelled before it was ever charged. */
export interface Payment extends Omit<Charge, 'paymentMethod'> {
  id: string;
  paymentMethod: string | null;
  status: PaymentStatus;
  /** The provider's name for it. */
  intentId: string | null;
  declineReason: string | null;
  /** The order is to cost nothing: from now on the only way is back. */
  cancelRequested: boolean;
  updatedAt: Date;
}

/** Every transition there is: to → the statuses it may come from. */
export const transitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: [],
  AUTHORIZED: ['PENDING'],
  DECLINED: ['PENDING'],
  CAPTURED: ['AUTHORIZED'],
  VOIDED: ['AUTHORIZED'],
  // from AUTHORIZED when the provider tells of the refund before it tells of the capture
  REFUNDED: ['AUTHORIZED', 'CAPTURED'],
};

/** What the provider can be asked to do. */
export type Step = 'authorize' | 'capture' | 'cancel' | 'refund';

const forward: Partial<Record<PaymentStatus, Step>> = { PENDING: 'authorize', AUTHORIZED: 'capture' };
// `authorize` here too: only its repeat tells whether the provider holds something, and nothing can come after it
const back: Partial<Record<PaymentStatus, Step>> = { PENDING: 'authorize', AUTHORIZED: 'cancel', CAPTURED: 'refund' };

/** The way on from here; none where the payment is what it should be. */
export const nextStep = ({ status, cancelRequested }: Pick<Payment, 'status' | 'cancelRequested'>): Step | undefined =>
  (cancelRequested ? back : forward)[status];

/** Whether this is the charge that the payment was made for. */
export const isOf = (payment: Payment, charge: Charge): boolean =>
  (['userId', 'amount', 'currency', 'paymentMethod'] as const).every((name) => payment[name] === charge[name]);
