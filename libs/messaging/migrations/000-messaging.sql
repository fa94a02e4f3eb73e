-- Events that are committed and not yet with the broker; the relay deletes a row once the broker has it.
create table outbox (
  position bigint generated always as identity primary key,
  id uuid not null,
  topic text not null,
  key text not null,
  type text not null,
  data jsonb not null,
  traceparent text,
  created_at timestamptz not null default now()
);

create function outbox_added() returns trigger language plpgsql as $$
begin
  perform pg_notify('outbox', '');
  return null;
end $$;

create trigger outbox_added after insert on outbox for each statement execute function outbox_added();

-- Messages whose effect is committed, by consumer group.
create table inbox (
  consumer text not null,
  message_id text not null,
  handled_at timestamptz not null default now(),
  primary key (consumer, message_id)
);

create index inbox_handled_at on inbox (handled_at);
