import { timestampDate } from '@bufbuild/protobuf/wkt';
import { type Money, type Order, type OrderStatus, OrderStatusSchema } from '@chandlery/contracts/order/v1/order';
import type { User } from '@chandlery/contracts/user/v1/user';
import Type, { type TSchema } from 'typebox';

const strict = { additionalProperties: false };

/** An object that has these members and no others. */
export const Strict = <Members extends Record<string, TSchema>>(members: Members) => Type.Object(members, strict);

export const Id = Type.String({ format: 'uuid' });
export const Sku = Type.String({ minLength: 1, maxLength: 64 });
export const Cursor = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));
export const Limit = Type.Integer({ minimum: 1, maximum: 100, default: 20 });

export const Amount = Type.Object({
  amount: Type.Integer({ description: 'Minor units.' }),
  currency: Type.String({ description: 'ISO 4217.' }),
});

export const OrderBody = {
  id: Id,
  status: Type.Union([Type.Literal('PENDING'), Type.Literal('PAID'), Type.Literal('CANCELLED')]),
  total: Amount,
  items: Type.Array(Type.Object({ sku: Type.String(), quantity: Type.Integer(), price: Amount })),
  createdAt: Type.String({ format: 'date-time' }),
  reason: Type.Optional(Type.String({ description: 'Why it was cancelled.' })),
};

/** A status as the API spells it. */
export const statusName = (status: OrderStatus) =>
  OrderStatusSchema.value[status]?.localName as 'PENDING' | 'PAID' | 'CANCELLED';

const amount = (money: Money | undefined) => ({ amount: Number(money?.amount), currency: money?.currency ?? '' });

const iso = (time: Parameters<typeof timestampDate>[0] | undefined) => (time ? timestampDate(time).toISOString() : '');

export const orderBody = ({ id, status, total, items, createdAt, reason }: Order) => ({
  id,
  status: statusName(status),
  total: amount(total),
  items: items.map(({ sku, quantity, price }) => ({ sku, quantity, price: amount(price) })),
  createdAt: iso(createdAt),
  ...(reason && { reason }),
});

export const UserBody = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
});

export const userBody = ({ id, email, name, createdAt }: User) => ({ id, email, name, createdAt: iso(createdAt) });
