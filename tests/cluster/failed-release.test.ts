import { expect, onTestFinished, test } from 'vitest';
import { apply, helm, kubectl, read, secret, upgrade } from './kube.ts';
import { pods } from './pods.ts';
import { putBackLater } from './release.ts';
import { allServed, underLoad } from './shop.ts';

const soon = ['--timeout', '40s'];
const statusOf = async (app: string): Promise<string> =>
  JSON.parse(await helm(['status', app, '--output', 'json'])).info.status;

/** Upgrades order in a way that can't work, under load; the pod that was there must stay and serve everyone. */
async function failing(values: object, ...flags: string[]): Promise<void> {
  const load = await underLoad();
  await putBackLater('order');
  const names = async () => (await pods('order')).flatMap(({ name, ready }) => (ready ? [name] : []));
  const before = await names();
  await expect(upgrade('order', values, ...soon, ...flags)).rejects.toThrow();
  expect(await statusOf('order')).toBe('failed');
  expect(await names()).toEqual(before);
  await allServed(load, `order with ${JSON.stringify(values)}`);
}

test('a tag that does not exist fails at its migration: nothing is changed', () =>
  failing({ image: { tag: 'nowhere' } }));

test('a tag that does not exist, without a migration: the old pod serves on', () =>
  failing({ image: { tag: 'nowhere' } }, '--no-hooks'));

test('a version that never becomes ready: the old pod serves on', async () => {
  const { data, type } = await read('secret', 'order');
  const url = new URL(await secret('order', 'DATABASE_URL'));
  url.hostname = 'nowhere';
  const name = 'order-without-database';
  onTestFinished(async () => void (await kubectl(['delete', 'secret', name])));
  const wrong = { ...data, DATABASE_URL: Buffer.from(url.href).toString('base64') };
  await apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, data: wrong });
  await failing({ existingSecret: name }, '--no-hooks');
});
