-- What this service needs to know of users, kept from their events. The only place with addresses.
create table recipients (
  user_id uuid primary key,
  email text not null,
  name text not null,
  updated_at timestamptz not null
);

-- One mail for each event that asks for one. No reference to recipients: events of users and of orders arrive in any order.
create table mails (
  id uuid primary key,
  event_id text not null unique,
  order_id uuid not null,
  user_id uuid not null,
  template text not null check (template in ('order-paid', 'order-cancelled')),
  subject text not null,
  body text not null,
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  message_id text,
  last_error text,
  traceparent text,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);

create index mails_queued on mails (next_attempt_at) where status = 'queued';
create index mails_of_order on mails (order_id);
