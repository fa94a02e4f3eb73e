import { expect, test } from 'vitest';
import { read, until } from './kube.ts';
import { pods, readyPods } from './pods.ts';
import { changed } from './release.ts';
import { rate } from './settings.ts';
import { allServed, say, underLoad } from './shop.ts';

/** As the chart has them for production, but for waits that a test can afford; 50 requests a second are far above 70 % of the requested cpu. */
const autoscaling = { enabled: true, min: 1, max: 3, memory: 0, scaleDownAfterSeconds: 30 };

/** What the autoscaler measures, per cent of the request; undefined until it has seen something. */
async function measured(): Promise<number | undefined> {
  const { status } = await read('hpa', 'gateway');
  return status.currentMetrics?.[0]?.resource?.current?.averageUtilization;
}

test('the autoscaler adds gateways under load, and takes them away after it', async () => {
  await changed('gateway', { autoscaling });
  await until('the autoscaler measures', async () => (await measured()) !== undefined, 180_000);
  const load = await underLoad({ rate });
  const began = Date.now();
  await until('there are more gateways', async () => (await pods('gateway')).length > 1, 180_000);
  say(`first new gateway after ${Math.round((Date.now() - began) / 1_000)} s, at ${await measured()} % of the request`);
  await until('there are three', async () => (await pods('gateway')).length === 3, 180_000);
  await readyPods('gateway', 3);
  await allServed(load, 'gateways scaled out');
  const ended = Date.now();
  await until('there is one gateway', async () => (await pods('gateway')).length === 1, 280_000);
  say(`back to one gateway ${Math.round((Date.now() - ended) / 1_000)} s after the load`);
  expect((await read('hpa', 'gateway')).status.desiredReplicas).toBe(1);
}, 900_000);
