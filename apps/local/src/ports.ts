import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { openPort } from '@chandlery/testing/postgres';
import { Problem } from './problem.ts';
import { replaceFile } from './replace-file.ts';

/** `process.protocol` → TCP port of 127.0.0.1. */
export type Ports<Name extends string = string> = Readonly<Record<Name, number>>;

async function open(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function openChosen(port: number): Promise<Server> {
  try {
    return await open(port);
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use by another program' : "can't be used";
    throw new Problem(`port ${port} ${why}: free it, or take another with: npm start -- --port ${port + 1000}`, {
      cause,
    });
  }
}

function remembered(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** A free port for each name: `chosen` ones must be free, others are those of the last start where they still are. */
export async function assignPorts<Name extends string>(
  file: string,
  wanted: readonly Name[],
  chosen: Partial<Record<Name, number>>,
): Promise<Ports<Name>> {
  const last = remembered(file);
  const held: Server[] = [];
  const ports: Record<string, number> = {};
  try {
    for (const name of wanted) {
      const fixed = chosen[name];
      const again = fixed ?? last[name];
      const server = fixed ? await openChosen(fixed) : again ? await open(again).catch(() => undefined) : undefined;
      const [port, socket] = server && again ? [again, server] : await openPort();
      held.push(socket);
      ports[name] = port;
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  replaceFile(file, ports);
  return ports as Ports<Name>;
}
