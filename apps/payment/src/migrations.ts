import { messagingMigrations } from '@chandlery/messaging';

/** Every migration of this service's database. */
export const migrations = [messagingMigrations, new URL('../migrations/', import.meta.url)];
