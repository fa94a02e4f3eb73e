import type { Database, Transaction } from '@chandlery/database';

// biome-ignore-start lint/suspicious/noExplicitAny: Kysely's types are not assignable to those of fewer tables

/** A service's database, whatever tables it has besides `outbox` and `inbox`. */
export type AnyDatabase = Database<any>;

export type AnyTransaction = Transaction<any>;

// biome-ignore-end lint/suspicious/noExplicitAny: Kysely's types are not assignable to those of fewer tables
