-- Who reads what; each row has a pg-boss queue of its own.
create table reader (
  topic text not null,
  consumer text not null,
  queue text not null,
  primary key (topic, consumer)
);

-- What was published lately, for groups that come later.
create table log (
  position bigint generated always as identity primary key,
  topic text not null,
  message jsonb not null,
  published_at timestamptz not null default now()
);

create index log_topic on log (topic, position);
create index log_published_at on log (published_at);
