import { type ColumnType, type Generated, sql } from 'kysely';
import type { PaymentStatus } from '../domain/payment.ts';

export interface Tables {
  payments: {
    order_id: string;
    id: string;
    user_id: string;
    amount: number;
    currency: string;
    payment_method: string | null;
    status: PaymentStatus;
    intent_id: string | null;
    decline_reason: string | null;
    cancel_requested_at: Date | null;
    lease: Generated<number>;
    leased_until: Date | null;
    created_at: ColumnType<Date, never, never>;
    updated_at: Generated<Date>;
  };
}

/** A payment, as the domain knows it. */
export const columns = [
  'id',
  'order_id as orderId',
  'user_id as userId',
  'amount',
  'currency',
  'payment_method as paymentMethod',
  'status',
  'intent_id as intentId',
  'decline_reason as declineReason',
  sql<boolean>`cancel_requested_at is not null`.as('cancelRequested'),
  'updated_at as updatedAt',
] as const;

export const now = sql<Date>`now()`;
