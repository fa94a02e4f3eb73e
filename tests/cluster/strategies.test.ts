import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { read } from './kube.ts';
import { pods } from './pods.ts';
import { putBackLater } from './release.ts';
import { allServed, auditHolds, say, underLoad } from './shop.ts';
import { deploy, nextVersion, tagOf } from './versions.ts';

const unique = (name: string) => `${name}-${Date.now().toString(36)}`;

const names = async (app: string) => (await pods(app)).map(({ name }) => name).toSorted();

/** Where the Service of order leads. */
const track = async () => (await read('service', 'order')).spec.selector['chandlery.example/track'];

test('a rolling release of order fails no request, and touches no other pod; so does the way back', async () => {
  await putBackLater('order');
  const before = await tagOf('order');
  const others = await Promise.all(['gateway', 'user', 'payment', 'notification'].map(names));
  const tag = await nextVersion('order', unique('rolling'));
  const load = await underLoad();
  await deploy('order', '--tag', tag);
  expect(await tagOf('order')).toBe(tag);
  await deploy('order', '--rollback');
  expect(await tagOf('order')).toBe(before);
  const { accepted } = await allServed(load, 'rolling release and rollback of order');
  expect(await Promise.all(['gateway', 'user', 'payment', 'notification'].map(names))).toEqual(others);
  await auditHolds(accepted);
});

test('blue-green: the new colour is tested on its own address, switched to, switched back, and kept, with no failed request', async () => {
  await putBackLater('order');
  const tag = await nextVersion('order', unique('green'));
  const load = await underLoad();
  expect(await deploy('order', '--blue-green', '--tag', tag)).toContain('passed the check at order-preview');
  expect([await track(), await tagOf('order-green')]).toEqual(['green', tag]);
  expect((await pods('order')).length).toBe(2);
  const began = Date.now();
  await deploy('order', '--back');
  say(`switched back in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
  expect(await track()).toBe('blue');
  await deploy('order', '--blue-green', '--tag', tag);
  await deploy('order', '--finish');
  expect([await track(), await tagOf('order')]).toEqual(['blue', tag]);
  expect(
    (await read('deployments')).items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
  ).not.toContain('order-green');
  const { accepted } = await allServed(load, 'blue-green release of order');
  await auditHolds(accepted);
});

test('canary: a good version gets 10, 50 and 100 %, and is the stable one at the end, with no failed request', async () => {
  await putBackLater('order');
  const tag = await nextVersion('order', unique('canary'));
  const load = await underLoad();
  const said = await deploy('order', '--canary', '--tag', tag);
  for (const step of ['10 %', '50 %', '100 %']) expect(said).toContain(`${step}: canary`);
  expect(await tagOf('order')).toBe(tag);
  const { accepted } = await allServed(load, 'canary release of order');
  await auditHolds(accepted);
});

/** The catalogue as it would be with a bug. */
function catalogueWith(bug: string): Record<string, string> {
  const file = 'src/grpc/catalogue.ts';
  const source = readFileSync(`apps/order/${file}`, 'utf8');
  const changed = source.replace('async listProducts({ limit, cursor, query }) {', (line) => `${line}\n    ${bug}`);
  expect(changed).not.toBe(source);
  return { [file]: changed };
}

test.each([
  ['fails', 'error rate', "throw new Error('a bug');"],
  ['is slow', 'p95', 'await new Promise((resolve) => setTimeout(resolve, 300));'],
])('a canary that %s is taken back by itself, with no failed request', async (name, reason, bug) => {
  await putBackLater('order');
  const before = await tagOf('order');
  const tag = await nextVersion('order', unique('bad'), catalogueWith(bug));
  const load = await underLoad();
  await expect(deploy('order', '--canary', '--tag', tag)).rejects.toThrow(
    `the canary is worse, and out of the way: ${reason}`,
  );
  expect(await tagOf('order')).toBe(before);
  expect(
    (await read('deployments')).items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
  ).not.toContain('order-canary');
  await allServed(load, `a canary of order that ${name}`);
});
