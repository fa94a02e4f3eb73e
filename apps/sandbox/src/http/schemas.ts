/** The parameters of Stripe's API that this provider knows; others are refused, so that nothing is silently without effect. */
import { Type } from 'typebox';

const strict = { additionalProperties: false };
const metadata = Type.Optional(Type.Record(Type.String(), Type.String()));

const confirmation = {
  payment_method: Type.Optional(Type.String()),
  off_session: Type.Optional(Type.Boolean()),
  error_on_requires_action: Type.Optional(Type.Boolean()),
  return_url: Type.Optional(Type.String()),
};

const listing = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  starting_after: Type.Optional(Type.String()),
};

export const CreateIntent = Type.Object(
  {
    ...confirmation,
    amount: Type.Integer({ minimum: 1, maximum: 99_999_999 }),
    currency: Type.String({ pattern: '^[A-Za-z]{3}$' }),
    confirm: Type.Optional(Type.Boolean()),
    capture_method: Type.Optional(Type.Union([Type.Literal('automatic'), Type.Literal('manual')])),
    description: Type.Optional(Type.String()),
    metadata,
    payment_method_types: Type.Optional(Type.Array(Type.Literal('card'))),
    automatic_payment_methods: Type.Optional(
      Type.Object({ enabled: Type.Boolean(), allow_redirects: Type.Optional(Type.String()) }, strict),
    ),
  },
  strict,
);
export const ConfirmIntent = Type.Object(confirmation, strict);
export const CaptureIntent = Type.Object({ amount_to_capture: Type.Optional(Type.Integer({ minimum: 1 })) }, strict);
export const CancelIntent = Type.Object({ cancellation_reason: Type.Optional(Type.String()) }, strict);
export const ListIntents = Type.Object(listing, strict);

export const CreateRefund = Type.Object(
  {
    payment_intent: Type.Optional(Type.String()),
    charge: Type.Optional(Type.String()),
    amount: Type.Optional(Type.Integer({ minimum: 1 })),
    reason: Type.Optional(
      Type.Union((['duplicate', 'fraudulent', 'requested_by_customer'] as const).map((reason) => Type.Literal(reason))),
    ),
    metadata,
  },
  strict,
);
export const ListRefunds = Type.Object(
  { ...listing, payment_intent: Type.Optional(Type.String()), charge: Type.Optional(Type.String()) },
  strict,
);

/** For calls without parameters. */
export const Nothing = Type.Object({}, strict);
