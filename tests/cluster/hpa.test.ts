import { test } from 'vitest';
import { read, until } from './kube.ts';
import { pods, readyPods } from './pods.ts';
import { changed } from './release.ts';
import { allServed, say, underLoad } from './shop.ts';

/** As the chart has it for production, but for waits that a test can afford, and a request that an idle gateway stays far below. */
const values = {
  autoscaling: { enabled: true, min: 1, max: 3, memory: 0, scaleDownAfterSeconds: 30 },
  resources: { requests: { cpu: '50m' } },
};

/** What the autoscaler measures, per cent of the request; NaN until it has seen something. */
async function measured(): Promise<number> {
  const { status } = await read('hpa', 'gateway');
  return status.currentMetrics?.[0]?.resource?.current?.averageUtilization ?? Number.NaN;
}

test('the autoscaler adds gateways under load, and takes them away after it', async () => {
  await changed('gateway', values);
  await until(
    'one gateway is enough',
    async () => (await measured()) < 70 && (await pods('gateway')).length === 1,
    240_000,
  );
  const load = await underLoad();
  const began = Date.now();
  await until('there are more gateways', async () => (await pods('gateway')).length > 1, 180_000);
  say(`first new gateway after ${Math.round((Date.now() - began) / 1_000)} s, at ${await measured()} % of the request`);
  await until('there are three', async () => (await pods('gateway')).length === 3, 180_000);
  await readyPods('gateway', 3);
  await allServed(load, 'gateways scaled out');
  const ended = Date.now();
  await until('there is one gateway', async () => (await pods('gateway')).length === 1, 280_000);
  say(`back to one gateway ${Math.round((Date.now() - ended) / 1_000)} s after the load`);
}, 900_000);
