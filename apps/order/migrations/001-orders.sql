create table products (
  sku text primary key,
  name text not null,
  price_amount bigint not null check (price_amount > 0),
  price_currency text not null,
  -- what can be sold now; initial = stock + reserved + sold at any time
  stock integer not null check (stock >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  sold integer not null default 0 check (sold >= 0),
  initial integer not null,
  check (initial = stock + reserved + sold)
);

create table orders (
  id uuid primary key,
  user_id uuid not null,
  status text not null check (status in ('pending', 'paid', 'cancelled')),
  total_amount bigint not null,
  total_currency text not null,
  payment_method text not null,
  -- why it was cancelled
  reason text,
  idempotency_key text not null,
  request_hash text not null,
  -- somebody wants it undone; it will be
  cancel_reason text,
  -- when the saga worker looks at it, unless it has ended before
  next_attempt_at timestamptz not null,
  attempts integer not null default 0,
  traceparent text,
  created_at timestamptz not null default now(),
  unique (user_id, idempotency_key)
);

create index orders_of_user on orders (user_id, id desc);
create index orders_unfinished on orders (next_attempt_at) where status = 'pending' or (cancel_reason is not null and status <> 'cancelled');

create table order_items (
  order_id uuid not null references orders (id),
  sku text not null references products (sku),
  name text not null,
  quantity integer not null check (quantity > 0),
  price_amount bigint not null,
  primary key (order_id, sku)
);

-- what happened to an order, for those who watch it
create table order_steps (
  sequence bigint generated always as identity primary key,
  order_id uuid not null references orders (id),
  type text not null,
  status text not null,
  at timestamptz not null default now()
);

create index order_steps_of_order on order_steps (order_id, sequence);

create function order_step_added() returns trigger language plpgsql as $$
begin
  perform pg_notify('order_steps', new.order_id::text);
  return null;
end $$;

create trigger order_step_added after insert on order_steps for each row execute function order_step_added();
