import { expect, onTestFinished, test } from 'vitest';
import { apply, kubectl, read, until } from './kube.ts';

const name = 'too-much';

/** A deployment of one pod that wants more memory than its namespace may have. */
async function tooMuch() {
  const { items } = await read('pods', '--selector', 'app.kubernetes.io/name=gateway');
  const { securityContext, containers } = items[0].spec;
  const [gateway] = containers;
  const wanting = (memory: string) => ({ requests: { cpu: '1m', memory }, limits: { memory } });
  const parts = Array.from({ length: 40 }, (_, at) => ({
    name: `part-${at}`,
    image: gateway.image,
    securityContext: gateway.securityContext,
    resources: wanting('512Mi'),
  }));
  const labels = { app: name };
  const spec = { automountServiceAccountToken: false, securityContext, containers: parts };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

test('what would exceed the quota is not run, and the deployment says which quota, what it wanted and what is left', async () => {
  onTestFinished(async () => void (await kubectl(['delete', 'deployment', name])));
  await apply(await tooMuch());
  const failure = async () => {
    const { status } = await read('deployment', name);
    return status.conditions?.find(({ type }: { type: string }) => type === 'ReplicaFailure')?.message ?? '';
  };
  await until('the deployment says why it has no pod', async () => (await failure()) !== '');
  expect(await failure()).toMatch(/exceeded quota: .*requested: .*memory=20Gi.*used: .*limited: /);
});
