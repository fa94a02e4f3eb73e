import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { letRead } from './auditor.ts';
import { damaged } from './problem.ts';

export interface Login {
  name: string;
  password: string;
}

/** A database, and the one login that may change anything in it; both have the same name. */
export interface DatabasePlan extends Login {
  /** Who else may open it, to read. */
  auditor?: Login;
  /** Directories of `NNN-name.sql` files. */
  migrations: readonly URL[];
  /** Directories of SQL files that may run again and again. */
  seeds: readonly URL[];
}

/** URL of a database on the server of `adminUrl`, for its own login. */
export function loginUrl(adminUrl: string, { name, password }: Login): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = name;
  return url.href;
}

const sqlFiles = (directories: readonly URL[]) =>
  directories.flatMap((directory) => {
    const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
    return names.sort().map((name) => ({ name, text: readFileSync(new URL(name, directory), 'utf8') }));
  });

/** Names the state that a plan leads to; it is kept as the database's comment. */
function stampOf({ password, auditor, migrations, seeds }: DatabasePlan): string {
  const state = [password, auditor, sqlFiles(migrations), sqlFiles(seeds)];
  return `chandlery ${createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16)}`;
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

async function admit(admin: pg.Client, { name, password }: Login): Promise<void> {
  const { rowCount: known } = await admin.query('select from pg_roles where rolname = $1', [name]);
  const role = `role ${admin.escapeIdentifier(name)} login password ${admin.escapeLiteral(password)}`;
  await admin.query(`${known ? 'alter' : 'create'} ${role}`);
}

/** Makes logins and database. CONNECT is taken from PUBLIC, so no other service's login can open it. */
async function create(admin: pg.Client, { name, password, auditor }: DatabasePlan): Promise<void> {
  await admit(admin, { name, password });
  if (auditor) await admit(admin, auditor);
  const id = admin.escapeIdentifier(name);
  const { rowCount: exists } = await admin.query('select from pg_database where datname = $1', [name]);
  if (!exists) {
    await admin.query(`grant ${id} to current_user`); // a managed server's administrator is not a superuser
    await admin.query(`create database ${id} owner ${id}`);
  }
  await admin.query(`revoke connect, temporary on database ${id} from public`);
}

async function fill(url: string, { name, auditor, migrations, seeds }: DatabasePlan): Promise<void> {
  try {
    if (auditor) {
      const grants = letRead(pg.escapeIdentifier(name), pg.escapeIdentifier(auditor.name));
      await connected(url, (owner) => owner.query(grants));
    }
    if (migrations.length > 0) {
      const { migrate } = await import('@chandlery/database');
      await migrate(url, migrations);
    }
    const statements = sqlFiles(seeds);
    if (statements.length === 0) return;
    await connected(url, async (client) => {
      for (const { text } of statements) await client.query(text);
    });
  } catch (error) {
    throw damaged(`database ${name} can't be brought up to date (${(error as Error).message})`, error);
  }
}

/** Brings every database to its plan, and returns the names of those that were not there yet; where all are, that is one query. */
export function prepareDatabases(adminUrl: string, plans: readonly DatabasePlan[]): Promise<string[]> {
  return connected(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string; stamp: string | null }>(
      `select datname as name, shobj_description(oid, 'pg_database') as stamp from pg_database`,
    );
    const stamps = new Map(rows.map(({ name, stamp }) => [name, stamp]));
    const missing = plans.filter((plan) => stamps.get(plan.name) !== stampOf(plan));
    for (const plan of missing) await create(admin, plan);
    await Promise.all(missing.map((plan) => fill(loginUrl(adminUrl, plan), plan)));
    for (const plan of missing) {
      await admin.query(`comment on database ${admin.escapeIdentifier(plan.name)} is '${stampOf(plan)}'`);
    }
    return missing.map(({ name }) => name);
  });
}

/** Writes to disk what only the log has yet, so that the server can stop at once. */
export const checkpoint = (adminUrl: string): Promise<unknown> =>
  connected(adminUrl, (admin) => admin.query('checkpoint'));
