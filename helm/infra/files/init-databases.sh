#!/bin/sh
# For each service a login and a database of the same name, which no other service's login can open. With AUDITOR_PASSWORD also one that may
# read all of them, and write nothing. May run again and again: the passwords are then those of the environment. PostgreSQL's image runs it, or
# sources it, when it has made the cluster.
set -e

as_superuser() {
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" "$@"
}

make_login() {
  as_superuser --dbname postgres --set name="$1" --set variable="$(echo "$1" | tr '[:lower:]' '[:upper:]')_PASSWORD" <<'SQL'
\getenv password :variable
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
alter role :"name" login password :'password';
SQL
}

make_database() {
  as_superuser --dbname postgres --set name="$1" <<'SQL'
select format('create database %I owner %I', :'name', :'name')
 where not exists (select from pg_database where datname = :'name') \gexec
revoke connect, temporary on database :"name" from public;
SQL
}

# as the owner: what its later migrations make can be read too
let_auditor_read() {
  as_superuser --dbname "$1" --set name="$1" <<'SQL'
set role :"name";
grant connect on database :"name" to auditor;
grant select on all tables in schema public to auditor;
alter default privileges grant usage on schemas to auditor;
alter default privileges grant select on tables to auditor;
SQL
}

if [ -n "$AUDITOR_PASSWORD" ]; then make_login auditor; fi
for name in users orders payments notifications; do
  make_login "$name"
  make_database "$name"
  if [ -n "$AUDITOR_PASSWORD" ]; then let_auditor_read "$name"; fi
done
