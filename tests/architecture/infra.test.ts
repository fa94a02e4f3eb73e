import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { infra } from '../../apps/local/src/kind/releases.ts';
import { describeChart, files, objections } from './helm.ts';

const run = promisify(execFile);

/** The release as YAML, with values beside those of the chart. */
const render = async (...values: string[]) =>
  (await run('helm', ['template', infra.name, infra.chart, ...values.map((value) => `--set=${value}`)])).stdout;

// biome-ignore lint/suspicious/noExplicitAny: kubeconform holds the shapes
const manifests = async (...values: string[]): Promise<any[]> =>
  parseAllDocuments(await render(...values)).map((document) => document.toJS());

describeChart('helm/infra', () => {
  test('passes helm lint --strict', async () => {
    await run('helm', ['lint', '--strict', infra.chart]);
  });

  test('fits the schemas of Kubernetes', async () => {
    expect(await objections(files({ infra: await render() }))).toBe('');
  });

  test('refuses a misspelt value', async () => {
    await expect(render('kafka.heep=256m')).rejects.toThrow(/heep/);
  });

  test('runs every server as the restricted pod security profile wants it', async () => {
    const all = (await manifests()).filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment');
    expect(all.map(({ metadata }) => metadata.name).sort()).toEqual(['jaeger', 'kafka', 'postgresql', 'redis']);
    for (const { spec } of all) {
      const { securityContext, containers, automountServiceAccountToken } = spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(automountServiceAccountToken).toBe(false);
      for (const container of containers)
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  test('lets into a server only those who use it, and nothing out', async () => {
    const policies = (await manifests('jaeger.nodePort=0')).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies).toHaveLength(4);
    for (const { metadata, spec } of policies) {
      const [rule, ...others] = spec.ingress;
      expect(rule.from).toEqual([
        { podSelector: { matchLabels: { [`chandlery.example/uses-${metadata.name}`]: 'true' } } },
      ]);
      expect(others).toEqual([]);
      expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
      expect(spec.egress).toBeUndefined();
    }
  });

  test('can do without jaeger', async () => {
    expect(await render('jaeger.enabled=false')).not.toContain('jaeger');
  });
});
