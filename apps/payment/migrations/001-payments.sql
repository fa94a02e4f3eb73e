-- One row an order, written before the provider is asked. An order that was cancelled before it was ever charged has one too, its tombstone:
-- voided, without a payment method, over nothing (XXX is ISO 4217's "no currency").
create table payments (
  order_id uuid primary key,
  id uuid not null unique,
  user_id uuid not null,
  amount bigint not null check (amount >= 0),
  currency text not null,
  payment_method text,
  status text not null check (status in ('PENDING', 'AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED', 'REFUNDED')),
  intent_id text unique,
  decline_reason text,
  cancel_requested_at timestamptz,
  -- who talks to the provider about this order: the holder of the newest lease, until then; afterwards, when that was
  lease integer not null default 0,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (payment_method is not null or status = 'VOIDED')
);

create index payments_to_undo on payments (leased_until nulls first)
  where cancel_requested_at is not null and status in ('PENDING', 'AUTHORIZED', 'CAPTURED');
