import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { appsOf, environments, namespaceOf } from '../../apps/local/src/kind/releases.ts';
import { describeChart, files, objections } from './helm.ts';

const text = (path: string) => readFileSync(path, 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: kubeconform holds the shapes
const documents = (path: string): any[] => parseAllDocuments(text(path)).map((document) => document.toJS());

describeChart('the manifests of k8s', () => {
  const manifests = globSync('k8s/**/*.yaml', { exclude: ['k8s/kind/**'] });

  test('fit the schemas of Kubernetes and its extensions', async () => {
    expect(manifests.length).toBeGreaterThanOrEqual(8);
    expect(await objections(manifests)).toBe('');
  });

  test.each([
    ['VirtualService', 'k8s/mesh/order-canary.yaml', 'weight:'],
    ['DestinationRule', 'k8s/mesh/order-canary.yaml', 'outlierDetection:'],
    ['SealedSecret', 'k8s/secrets/sealed-secret.yaml', 'encryptedData:'],
    ['VaultAuth', 'k8s/secrets/vault.yaml', 'serviceAccount:'],
    ['VaultStaticSecret', 'k8s/secrets/vault.yaml', 'refreshAfter:'],
  ])('the schemas refuse a misspelt key in a %s', async (kind, path, key) => {
    expect(text(path)).toContain(key);
    const misspelt = text(path).replaceAll(key, `x${key}`);
    expect(await objections(files({ misspelt }))).toContain(`${kind} order is invalid`);
  });
});

describe.each(environments)('the namespace of %s', (env) => {
  const all = documents(`k8s/namespaces/${env}.yaml`);
  const named = (kind: string, name: string) =>
    all.find((one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespaceOf(env));

  test('holds its pods to the restricted profile', () => {
    const { labels } = all.find(
      ({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespaceOf(env),
    ).metadata;
    for (const mode of ['enforce', 'audit', 'warn'])
      expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
  });

  test('has a quota, default limits for what the quota counts, and no traffic but DNS', () => {
    expect(Object.keys(named('ResourceQuota', 'chandlery').spec.hard)).toContain('limits.memory');
    const [limits] = named('LimitRange', 'chandlery').spec.limits;
    expect(limits).toMatchObject({ defaultRequest: { cpu: '10m', memory: '32Mi' }, default: { memory: '128Mi' } });
    const deny = named('NetworkPolicy', 'default-deny').spec;
    expect(deny).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const [rule, ...others] = named('NetworkPolicy', 'allow-dns').spec.egress;
    expect(rule.ports.map(({ port }: { port: number }) => port)).toEqual([53, 53]);
    expect(others).toEqual([]);
  });
});

/** A quantity of memory in MiB, of cpu in thousandths. */
function amount(quantity: string | number): number {
  const [, number, unit = ''] = /^([\d.]+)(Gi|Mi|m)?$/.exec(String(quantity)) ?? [];
  return Number(number) * ({ Gi: 1024, Mi: 1, m: 1 }[unit] ?? 1000);
}

test.each([
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'memory'],
] as const)('dev has room by its quota for the %s of %s of what it may have at once', (bound, resource) => {
  const { priorityClassName, storageClassName, ...servers } = parse(text('helm/infra/values.yaml'));
  const [quota] = documents('k8s/namespaces/dev.yaml').filter(({ kind }) => kind === 'ResourceQuota');
  // biome-ignore lint/suspicious/noExplicitAny: the values of a server
  const ofServers = Object.values<any>(servers).map(({ resources }) => amount(resources[bound][resource]));
  const ofApp = amount(parse(text('helm/service/values.yaml')).resources[bound][resource]);
  const apps = appsOf('dev').length;
  // four of each, the second colour of one, and for each a surge or a migration
  const needed = ofServers.reduce((sum, one) => sum + one) + (4 * apps + 4 + apps) * ofApp;
  expect(amount(quota.spec.hard[`${bound}.${resource}`])).toBeGreaterThanOrEqual(needed);
});

describe.each([
  ['one-node', ['control-plane']],
  ['three-nodes', ['control-plane', 'worker', 'worker']],
])('the kind cluster of %s', (name, roles) => {
  const [config] = documents(`k8s/kind/${name}.yaml`);
  const [control] = config.nodes;

  test('has its nodes, and leads to what is open by ports of 127.0.0.1', () => {
    expect(config.nodes.map(({ role }: { role: string }) => role)).toEqual(roles);
    const local = { listenAddress: '127.0.0.1' };
    expect(control.extraPortMappings).toEqual([
      { containerPort: 30080, hostPort: 8280, ...local },
      { containerPort: 30401, hostPort: 4210, ...local },
      { containerPort: 30686, hostPort: 16886, ...local },
    ]);
  });

  test('encrypts Secrets, whichever kubeadm sets it up', () => {
    const [mount] = control.extraMounts;
    expect(mount).toMatchObject({ hostPath: '.data/kind/encryption', readOnly: true });
    const [older, newer, ...others] = config.kubeadmConfigPatches.map((patch: string) => parse(patch));
    const file = `${mount.containerPath}/config.yaml`;
    expect(older.apiVersion).toBe('kubeadm.k8s.io/v1beta3');
    expect(older.apiServer.extraArgs).toEqual({ 'encryption-provider-config': file });
    expect(newer.apiVersion).toBe('kubeadm.k8s.io/v1beta4');
    expect(newer.apiServer.extraArgs).toEqual([{ name: 'encryption-provider-config', value: file }]);
    for (const { apiServer } of [older, newer]) {
      const path = { hostPath: mount.containerPath, mountPath: mount.containerPath };
      expect(apiServer.extraVolumes).toEqual([{ name: 'encryption', ...path, readOnly: true }]);
    }
    expect(others).toEqual([]);
  });
});
