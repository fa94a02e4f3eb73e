import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { program, scratch } from './fixtures/scratch.ts';
import { lock } from './lock.ts';

test('a lock is held once at a time, and leaves no file', () => {
  const file = join(scratch(onTestFinished), 'lock');
  const first = lock(file);
  expect(lock(file)).toBeUndefined();
  first?.release();
  expect(existsSync(file)).toBe(false);
  lock(file)?.release();
});

test('the lock of a process that was killed is free', async () => {
  const file = join(scratch(onTestFinished), 'lock');
  const holder = spawn(process.execPath, [program('hold'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(lock(file)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const taken = lock(file);
  expect(taken).toBeDefined();
  taken?.release();
});
