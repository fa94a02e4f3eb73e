create table users (
  id uuid primary key,
  email text not null,
  -- lower case: an address has one account, however it is written
  email_key text not null constraint users_email_taken unique,
  name text not null,
  password_hash text not null,
  created_at timestamptz not null default now()
);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_user on sessions (user_id);

-- every token of a session that is not too old; all but the newest are used
create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions on delete cascade,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table api_keys (
  id uuid primary key,
  user_id uuid not null references users,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null default now()
);
create index api_keys_user on api_keys (user_id);
