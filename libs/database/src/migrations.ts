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

/** The names of what has been applied, by whichever version. */
async function appliedTo<Tables>(db: Kysely<Tables>): Promise<Set<string>> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    db,
  );
  if (!rows[0]?.there) return new Set();
  const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return new Set(applied.rows.map(({ name }) => name));
}

/** What these directories hold, and what a newer version has applied already, which this one has nothing to do for. */
async function known(db: Kysely<unknown>, directories: Migrations): Promise<Record<string, Migration>> {
  const own = await read(directories);
  const newer = [...(await appliedTo(db))].filter((name) => !(name in own));
  return { ...own, ...Object.fromEntries(newer.map((name) => [name, { up: async () => undefined }])) };
}

/**
 * Applies what is missing, all in one transaction, once even when several replicas call it; the names of what was applied. Where a newer version
 * has been before, as on the way back from one, there is nothing to do (expand, migrate, contract).
 */
export async function migrate(url: string, directories: Migrations): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000, Client: TracedClient });
  pool.on('error', () => undefined); // one that dies while nobody uses it, or at its end
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrations = await known(db, directories);
    // unordered: what a newer version applied need not come after all of this one's
    const options = { db, provider: { getMigrations: async () => migrations }, allowUnorderedMigrations: true };
    const { error, results } = await new Migrator(options).migrateToLatest();
    if (error) throw error;
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

/** Whether every migration that this code knows has been applied; a newer database is fine (expand, migrate, contract). */
export async function migrated<Tables>(db: Kysely<Tables>, directories: Migrations): Promise<boolean> {
  const applied = await appliedTo(db);
  return Object.keys(await read(directories)).every((name) => applied.has(name));
}
