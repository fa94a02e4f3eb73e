import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Environment, namespaceOf, releasesOf } from '../../apps/local/src/kind/releases.ts';
import { services } from '../../apps/local/src/topology.ts';
import { Skaffold } from './skaffold-schema.ts';

const skaffold: Skaffold = parse(readFileSync('skaffold.yaml', 'utf8'));

type Node = Record<string | number, unknown>;

/** The file as a profile makes it (RFC 6902, as far as the file needs it). */
function withProfile(name: string): Skaffold {
  const result = structuredClone(skaffold);
  const profile = skaffold.profiles.find((one) => one.name === name);
  if (!profile) throw new Error(`skaffold.yaml has no profile ${name}`);
  for (const { op, path, value } of profile.patches) {
    const keys = path.slice(1).split('/');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Node>((node, key) => node[key] as Node, result as unknown as Node);
    if (op !== 'add' && !(last in parent)) throw new Error(`profile ${name}: ${path} is not there`);
    if (op === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (op === 'remove') delete parent[last];
    else parent[last] = value;
  }
  return result;
}

const inEnvironment = (env: Environment) => (env === 'dev' ? skaffold : withProfile(env));

test.each(['', 'watch', 'staging', 'production'])(
  'skaffold.yaml keeps to the schema of its version (profile "%s")',
  (name) => {
    expect([...Value.Errors(Skaffold, name ? withProfile(name) : skaffold)]).toEqual([]);
  },
);

test.each<Environment>(['dev', 'staging', 'production'])('the releases of %s are those of start:kind', (env) => {
  const { releases } = inEnvironment(env).deploy.helm;
  const found = releases.map(({ name, chartPath: chart, valuesFiles: values = [] }) => ({ name, chart, values }));
  expect(found).toEqual(releasesOf(env));
  for (const { namespace } of releases) expect(namespace).toBe(namespaceOf(env));
});

test('each app is built once, and its release gets that image', () => {
  const images = skaffold.build.artifacts.map(({ image }) => image);
  expect(images).toEqual(services.map((app) => `chandlery/${app}`));
  for (const { image, docker } of skaffold.build.artifacts) {
    expect(docker).toEqual({ dockerfile: 'docker/Dockerfile', buildArgs: { APP: image.replace('chandlery/', '') } });
  }
  for (const app of services) {
    expect(skaffold.deploy.helm.releases.find(({ name }) => name === app)?.setValueTemplates).toEqual({
      'image.repository': `{{.IMAGE_REPO_chandlery_${app}}}`,
      'image.tag': `{{.IMAGE_TAG_chandlery_${app}}}`,
    });
  }
});

test('skaffold dev copies the sources of each app, and of the libraries, into its own pods', () => {
  const { build, deploy } = withProfile('watch');
  for (const artifact of build.artifacts) {
    const app = artifact.docker.buildArgs.APP;
    expect(artifact).toMatchObject({
      docker: { target: 'development' },
      sync: {
        manual: [
          { src: `apps/${app}/src/**/*.ts`, dest: '/app' },
          { src: 'libs/*/src/**/*.ts', dest: '/app' },
        ],
      },
    });
  }
  for (const release of deploy.helm.releases.slice(1)) {
    expect(release).toMatchObject({ setValues: { 'development.writable': true } });
  }
});
