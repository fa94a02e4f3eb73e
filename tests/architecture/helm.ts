import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, onTestFinished } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { appsOf, type Environment, environments, namespaceOf, releaseOf } from '../../apps/local/src/kind/releases.ts';
import type { ServiceName } from '../../apps/local/src/topology.ts';

const run = promisify(execFile);

/** Tools of these tests that are not on the PATH. */
const missing = ['helm', 'kubeconform'].filter((tool) => spawnSync(tool, ['--help'], { stdio: 'ignore' }).error);
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not on the PATH: ${missing.join(', ')}`);
if (missing.length > 0)
  process.stderr.write(`tests of charts and manifests are skipped, for want of ${missing.join(' and ')}\n`);

/** Tests that need helm and kubeconform: skipped where these are not on the PATH, but in CI they must be. */
export const describeChart = describe.skipIf(missing.length > 0);

export const releases = environments.flatMap((env) => (appsOf(env) as ServiceName[]).map((app) => [app, env] as const));

/** Values beside those of the files: `{ 'image.tag': 'v2' }`. */
export type Values = Record<string, string | number | boolean>;

/** What Kubernetes is given. */
export interface Manifest {
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  data: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: kubeconform holds its shape
  spec: any;
}

function flags(app: ServiceName, env: Environment, values: Values): string[] {
  const files = releaseOf(app, env).values.flatMap((file) => ['--values', file]);
  const set = Object.entries({ 'image.tag': 'v1', ...values }).map(([key, value]) => `--set=${key}=${value}`);
  return ['--namespace', namespaceOf(env), ...files, ...set];
}

export const lint = (app: ServiceName, env: Environment) =>
  run('helm', ['lint', '--strict', releaseOf(app, env).chart, ...flags(app, env, {})]);

/** The release as YAML. */
export async function template(app: ServiceName, env: Environment, values: Values = {}): Promise<string> {
  const { stdout } = await run('helm', ['template', app, releaseOf(app, env).chart, ...flags(app, env, values)]);
  return stdout;
}

export async function manifests(app: ServiceName, env: Environment, values: Values = {}): Promise<Manifest[]> {
  const documents = parseAllDocuments(await template(app, env, values)).map((document) => document.toJS() as Manifest);
  return documents.toSorted((a, b) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`));
}

/** As text that is the same from every version of helm. */
export const text = (all: Manifest[]) =>
  all.map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

/** The manifest of that kind and name, if there is one. */
export const find = (all: Manifest[], kind: string, name: string) =>
  all.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

/** Files with this YAML, by name, for as long as the test runs. */
export function files(contents: Record<string, string>): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'charts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return Object.entries(contents).map(([name, content]) => {
    const file = join(directory, `${name}.yaml`);
    writeFileSync(file, content);
    return file;
  });
}

/** What kubeconform has against the files: nothing, if all is well. */
export async function objections(files: string[]): Promise<string> {
  const schemas = [process.env.KUBECONFORM_SCHEMAS ?? 'default', 'tests/architecture/crds/{{.ResourceKind}}.json'];
  const locations = schemas.flatMap((schema) => ['-schema-location', schema]);
  return run('kubeconform', ['-strict', ...locations, ...files]).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => stdout + stderr,
  );
}
