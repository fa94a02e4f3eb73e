import { test } from 'vitest';
import { apps, restart } from './pods.ts';
import { short } from './settings.ts';
import { allServed, auditHolds, underLoad } from './shop.ts';

test.each(short ? ['gateway', 'order'] : apps)('a rolling restart of %s fails no request', async (app) => {
  const load = await underLoad();
  const began = Date.now();
  await restart(app);
  const seconds = Math.round((Date.now() - began) / 1_000);
  const { accepted } = await allServed(load, `rolling restart of ${app}, ${seconds} s`);
  await auditHolds(accepted);
});
