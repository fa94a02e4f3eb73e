#!/bin/sh
# For each service a login and a database of the same name, which no other login can open. May run again and again: the passwords are then
# those of the environment. PostgreSQL's image runs it, or sources it, when it has made the cluster.
set -e

for name in users orders payments notifications; do
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set name="$name" --set variable="$(echo "$name" | tr '[:lower:]' '[:upper:]')_PASSWORD" <<'SQL'
\getenv password :variable
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
alter role :"name" login password :'password';
select format('create database %I owner %I', :'name', :'name')
 where not exists (select from pg_database where datname = :'name') \gexec
revoke connect, temporary on database :"name" from public;
SQL
done
