/** PostgreSQL for a service: one pool, migrations in plain SQL, transactions that are tried again when PostgreSQL asks for it. */
export { postgresAway } from './away.ts';
export { type ListenerOptions, listener } from './listener.ts';
export { type Migrations, migrate, migrated } from './migrations.ts';
export { type Database, database, type Transaction, transaction } from './pool.ts';
