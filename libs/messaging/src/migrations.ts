/** The tables `outbox` and `inbox`, for every service's own migrations. */
export const messagingMigrations = new URL('../migrations/', import.meta.url);
