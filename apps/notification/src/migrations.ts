import { messagingMigrations } from '@chandlery/messaging';

export const migrations = [messagingMigrations, new URL('../migrations/', import.meta.url)];
