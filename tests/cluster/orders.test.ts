import { expect, test } from 'vitest';
import { anchor } from '../client.ts';
import { kubectl, read } from './kube.ts';
import { allReady, apps, execNode, podFor, pods } from './pods.ts';
import { auditHolds, say, shop } from './shop.ts';

const patience = { timeout: 30_000, interval: 250 };

test('an order goes in by the NodePort, is paid and charged, and its mail arrives', async () => {
  await allReady();
  const customer = await shop.newCustomer();
  const { status, body } = await customer.buy(anchor);
  expect([status, body.status]).toEqual([201, 'PAID']);
  const { amount } = body.total;
  expect(await shop.charges(body.id)).toMatchObject([{ amount, status: 'succeeded', amountRefunded: 0 }]);
  await expect.poll(() => shop.mails(body.id), patience).toHaveLength(1);
  await expect
    .poll(async () => (await customer.as('GET', `/orders/${body.id}`)).body, patience)
    .toMatchObject({ payment: { status: 'CAPTURED' }, notifications: [{ status: 'sent' }], degraded: [] });
  await auditHolds([body.id]);
});

test('every deployment runs the image of its release', async () => {
  const { items } = await read('pods', '--selector', 'app.kubernetes.io/component=service');
  // biome-ignore lint/suspicious/noExplicitAny: the API's own Pod
  const images = items.map(({ metadata, spec }: any) => [
    metadata.labels['app.kubernetes.io/version'],
    spec.containers[0].image,
    metadata.labels['app.kubernetes.io/name'],
  ]);
  expect(images.length).toBeGreaterThanOrEqual(6);
  for (const [version, image, app] of images) expect(image).toBe(`chandlery/${app}:${version}`);
  expect(new Set(images.map(([version]: string[]) => version)).size).toBe(1);
});

test('no pod has a token for the Kubernetes API', async () => {
  const { items } = await read('pods');
  const mounts = JSON.stringify(items.map(({ spec }: { spec: unknown }) => spec));
  expect(mounts).not.toContain('serviceAccountToken');
  expect(mounts).not.toContain('/var/run/secrets/kubernetes.io');
  const look = "console.log(require('node:fs').existsSync('/var/run/secrets/kubernetes.io'))";
  for (const app of apps) expect((await execNode(await podFor(app), look)).trim()).toBe('false');
});

test('each pod stays within its memory', async () => {
  const lines = async () => (await kubectl(['top', 'pods', '--no-headers'])).trim().split('\n');
  const running = (await pods()).map(({ name }) => name);
  // metrics-server knows a new pod after its next look
  await expect
    .poll(async () => (await lines()).map((line) => line.split(/\s+/)[0]))
    .toEqual(expect.arrayContaining(running));
  const used = (await lines()).map((line) => line.split(/\s+/));
  for (const [pod, cpu, memory] of used) say(`${pod}: ${memory}, ${cpu}`);
  const total = used.reduce((sum, [, , memory]) => sum + Number.parseInt(memory ?? '', 10), 0);
  say(`all pods: ${total} MiB`);
  expect(total).toBeLessThan(4_096);
});
