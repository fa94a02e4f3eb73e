import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventType } from '../../libs/contracts/src/event.ts';

const contracts = 'libs/contracts';
const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();

/** The last release; before the first one, the last commit. */
function baseline(): string {
  try {
    return git('describe', '--tags', '--abbrev=0');
  } catch {
    return git('rev-parse', 'HEAD');
  }
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'contracts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const buf = (...args: string[]) => spawnSync('buf', args, { cwd: contracts, encoding: 'utf8' });

test('the .proto files are well formed', () => {
  const { status, stdout } = buf('lint');
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('the generated code is that of the .proto files', () => {
  const directory = scratch();
  cpSync(contracts, directory, { recursive: true, filter: (path) => !path.includes('node_modules') });
  execFileSync('buf', ['generate'], { cwd: directory, stdio: 'pipe' });
  for (const file of globSync('src/gen/**/*.ts', { cwd: contracts })) {
    expect(readFileSync(join(directory, file), 'utf8'), file).toBe(readFileSync(join(contracts, file), 'utf8'));
  }
});

/** The .proto files of the last release. */
function released(): string {
  const directory = scratch();
  const archive = execFileSync('git', ['archive', baseline(), `${contracts}/proto`, `${contracts}/buf.yaml`]);
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  return join(directory, contracts);
}

test('no .proto breaks who was built with the last release', () => {
  const { status, stdout } = buf('breaking', '--against', released());
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('taking a field away is noticed', () => {
  const directory = scratch();
  cpSync(`${contracts}/proto`, join(directory, 'proto'), { recursive: true });
  cpSync(`${contracts}/buf.yaml`, join(directory, 'buf.yaml'));
  const file = join(directory, 'proto/order/v1/order.proto');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/ {2}string reason = 6;\n/, ''));
  const { status, stdout } = buf('breaking', directory, '--against', released());
  expect(status).not.toBe(0);
  expect(stdout).toContain('reason');
});

interface ObjectSchema {
  properties: Record<string, object>;
  required?: string[];
}

/** What is wrong with `now` for those who know `before`: schema changes only add. */
function broken(before: ObjectSchema, now: ObjectSchema): string[] {
  const gone = Object.keys(before.properties).filter((name) => !now.properties[name]);
  const changed = Object.keys(before.properties).filter(
    (name) => now.properties[name] && JSON.stringify(before.properties[name]) !== JSON.stringify(now.properties[name]),
  );
  const demanded = (now.required ?? []).filter((name) => !(before.required ?? []).includes(name));
  return [...gone, ...changed, ...demanded];
}

describe('events', async () => {
  // inside the repository, so that imports of packages are found
  const directory = resolve('node_modules/.cache/contracts-released');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const archive = execFileSync('git', ['archive', baseline(), `${contracts}/src`]);
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  const files = globSync(`${directory}/${contracts}/src/events/*.ts`);
  test.each(files.map((file) => [basename(file, '.ts'), file]))('of %s only grow', async (name, file) => {
    const before = (await import(pathToFileURL(file).href)) as Record<string, EventType>;
    const now = (await import(pathToFileURL(resolve(contracts, 'src/events', `${name}.ts`)).href)) as typeof before;
    for (const [event, { data, type }] of Object.entries(before)) {
      expect(now[event]?.type).toBe(type);
      expect(broken(data as never, now[event]?.data as never), event).toEqual([]);
    }
  });

  test('that lose, change or demand a field are noticed', () => {
    const before = { properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a'] };
    expect(broken(before, { properties: { a: { type: 'integer' }, c: {} }, required: ['a', 'c'] })).toEqual([
      'b',
      'a',
      'c',
    ]);
    expect(broken(before, { properties: { ...before.properties, c: {} }, required: ['a'] })).toEqual([]);
  });
});
