import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratch } from './fixtures/scratch.ts';
import { assignPorts } from './ports.ts';

const names = ['a', 'b', 'c'] as const;

async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

test('ports stay the same from start to start', async () => {
  const file = join(scratch(onTestFinished), 'ports.json');
  const first = await assignPorts(file, names, {});
  expect(new Set(Object.values(first)).size).toBe(3);
  expect(await assignPorts(file, names, {})).toEqual(first);
});

test('a port which someone else took in the meantime is replaced, and only that', async () => {
  const file = join(scratch(onTestFinished), 'ports.json');
  const first = await assignPorts(file, names, {});
  await occupy(first.b);
  const second = await assignPorts(file, names, {});
  expect(second).toEqual({ ...first, b: expect.any(Number) });
  expect(second.b).not.toBe(first.b);
});

test('a chosen port that is in use is a problem which names it and the way out', async () => {
  const file = join(scratch(onTestFinished), 'ports.json');
  const { a } = await assignPorts(file, names, {});
  await occupy(a);
  await expect(assignPorts(file, names, { a })).rejects.toThrow(new RegExp(`port ${a} is in use.*--port`));
});
