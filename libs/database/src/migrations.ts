import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { TracedClient } from './traced-client.ts';

/** Directories of `NNN-name.sql` files. All names together give the order. */
export type Migrations = readonly URL[];

async function read(directories: Migrations): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const directory of directories) {
    for (const file of (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()) {
      const statements = await readFile(fileURLToPath(new URL(file, directory)), 'utf8');
      migrations[file.slice(0, -4)] = { up: async (db) => void (await sql.raw(statements).execute(db)) };
    }
  }
  return migrations;
}

const migrator = (db: Kysely<unknown>, directories: Migrations) =>
  new Migrator({ db, provider: { getMigrations: () => read(directories) } });

/** Applies what is missing, all in one transaction, once even when several replicas call it; the names of what was applied. */
export async function migrate(url: string, directories: Migrations): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1, Client: TracedClient }) }),
  });
  try {
    const { error, results } = await migrator(db, directories).migrateToLatest();
    if (error) throw error;
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

/** Whether every migration that this code knows has been applied; a newer database is fine (expand, migrate, contract). */
export async function migrated<Tables>(db: Kysely<Tables>, directories: Migrations): Promise<boolean> {
  const known = Object.keys(await read(directories));
  const { rows } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    db,
  );
  if (!rows[0]?.there) return false;
  const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const names = new Set(applied.rows.map((row) => row.name));
  return known.every((name) => names.has(name));
}
