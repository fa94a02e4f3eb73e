import type { Settings } from './config.ts';
import type { DataFiles } from './data.ts';
import { checkpoint, type DatabasePlan, prepareDatabases } from './databases.ts';
import type { Fleet } from './fleet.ts';
import { embeddedPostgres } from './postgres.ts';
import { Problem } from './problem.ts';

export interface StorageOptions {
  plans: readonly DatabasePlan[];
  settings: Settings;
  files: DataFiles;
  /** Of the embedded server. */
  port: number;
  password: string;
  all: Fleet;
  say: (line: string) => void;
}

async function embedded({ files, port, password, all, say }: StorageOptions): Promise<string> {
  const { url, unit } = await embeddedPostgres(files, port, password);
  all.launch(unit);
  say('PostgreSQL accepts connections');
  return url;
}

function unusable(cause: unknown): unknown {
  if (cause instanceof Problem || !(cause instanceof Error)) return cause;
  return new Problem(
    `can't use the server of POSTGRES_URL (${cause.message || cause.name}): mend it, or unset POSTGRES_URL`,
    { cause },
  );
}

/** URL of the PostgreSQL which holds every database of `plans`, made and migrated; none where nobody needs one. */
export async function storage(options: StorageOptions): Promise<string | undefined> {
  const { plans, settings, say } = options;
  if (plans.length === 0) return undefined;
  const given = settings.POSTGRES_URL;
  const url = given ?? (await embedded(options));
  const made = await prepareDatabases(url, plans).catch((error) => {
    throw given ? unusable(error) : error;
  });
  if (made.length > 0) say(`databases made and migrated: ${made.join(', ')}`);
  // beside the start of the services; who stops soon would wait for it longer than a stop may take
  if (made.length > 0 && !given) void checkpoint(url).catch(() => undefined);
  return url;
}
