import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { apply, kubectl, read } from './kube.ts';
import { onNode } from './node.ts';
import { namespace } from './settings.ts';

/** A pod as the restricted profile wants it. */
const container = {
  name: 'main',
  image: 'example.org/nothing:1',
  resources: { requests: { cpu: '1m', memory: '16Mi' }, limits: { memory: '16Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

interface Change {
  spec?: object;
  security?: object;
}

/** Asks the API server to admit a pod, without making it. */
function admit({ spec = {}, security = {} }: Change): Promise<string> {
  const containers = [{ ...container, securityContext: { ...container.securityContext, ...security } }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'trial' }, spec: { containers, ...spec } };
  return apply(pod, '--dry-run=server');
}

test('a pod of the restricted profile is admitted', async () => {
  expect(await admit({})).toContain('created');
});

test.each<[string, Change, RegExp]>([
  ['is privileged', { security: { privileged: true, allowPrivilegeEscalation: true } }, /privileged/],
  ['may run as root', { security: { runAsNonRoot: false } }, /runAsNonRoot/],
  ['is root', { security: { runAsUser: 0 } }, /runAsUser=0/],
  ['may gain rights', { security: { allowPrivilegeEscalation: true } }, /allowPrivilegeEscalation/],
  ['keeps its capabilities', { security: { capabilities: {} } }, /unrestricted capabilities/],
  ['has no seccomp profile', { security: { seccompProfile: undefined } }, /seccompProfile/],
  ['mounts the node', { spec: { volumes: [{ name: 'node', hostPath: { path: '/' } }] } }, /hostPath/],
  ['is in the network of the node', { spec: { hostNetwork: true } }, /host namespaces/],
])('a pod that %s is refused', async (_, change, why) => {
  const refusal = await admit(change).then(String, String);
  expect(refusal).toMatch(/violates PodSecurity "restricted/);
  expect(refusal).toMatch(why);
});

test('every app’s root file system is read-only', async () => {
  const { items } = await read('pods', '--selector', 'app.kubernetes.io/component=service');
  // biome-ignore lint/suspicious/noExplicitAny: the API's own Pod
  const containers = items.flatMap(({ spec }: any) => spec.containers);
  expect(containers.length).toBeGreaterThanOrEqual(6);
  for (const { securityContext } of containers) expect(securityContext.readOnlyRootFilesystem).toBe(true);
});

test('a Secret is encrypted where it is stored', async () => {
  const word = randomUUID();
  const name = `trial-${word}`;
  onTestFinished(async () => void (await kubectl(['delete', 'secret', name])));
  await kubectl(['create', 'secret', 'generic', name, `--from-literal=word=${word}`]);
  const [{ metadata }] = (await read('nodes', '--selector', 'node-role.kubernetes.io/control-plane')).items;
  const key = Buffer.from(`/registry/secrets/${namespace}/${name}`).toString('base64');
  const pki = '/etc/kubernetes/pki/etcd';
  const certificates = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
  const ask = `curl --silent --fail ${certificates} https://127.0.0.1:2379/v3/kv/range --data '{"key":"${key}"}'`;
  const { kvs } = JSON.parse(await onNode(metadata.name, ask));
  const stored = Buffer.from(kvs[0].value, 'base64').toString('latin1');
  expect(stored).toMatch(/^k8s:enc:/);
  expect(stored).not.toContain(word);
});
