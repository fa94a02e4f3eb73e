import type { Migrations } from '@chandlery/database';
import { messagingMigrations } from '@chandlery/messaging';

/** What makes this service's database: the outbox, then its own tables. */
export const migrations: Migrations = [messagingMigrations, new URL('../migrations/', import.meta.url)];
