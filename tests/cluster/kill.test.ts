import { expect, test } from 'vitest';
import { until } from './kube.ts';
import { signal } from './node.ts';
import { apps, podFor, pods, readyPods } from './pods.ts';
import { changed } from './release.ts';
import { allServed, auditHolds, repeating, underLoad } from './shop.ts';

test.each(apps)('kill -9 of a %s pod: everyone is served, by one repeat with the same key at most', async (app) => {
  await changed(app, { replicas: 2 });
  await readyPods(app, 2);
  const load = await underLoad(repeating);
  const victim = await podFor(app);
  await signal(victim, 'KILL');
  const restarts = async () => (await pods(app)).find(({ name }) => name === victim.name)?.restarts;
  await until('it is restarted', async () => (await restarts()) === victim.restarts + 1);
  await readyPods(app, 2);
  const before = load.report().served;
  await until('it serves again', async () => load.report().served > before + 100);
  const { accepted, repeated, sent } = await allServed(load, `kill -9 of ${app}`);
  expect(repeated).toBeLessThan(sent / 10);
  await auditHolds(accepted);
});
