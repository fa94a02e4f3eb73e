import { expect, test } from 'vitest';
import { samples } from '../metrics.ts';
import { metricsOf } from './forward.ts';
import { until, upgrade } from './kube.ts';
import { gone, type Pod, pods, readyPods } from './pods.ts';
import { putBackLater } from './release.ts';
import { allServed, say, underLoad } from './shop.ts';

/** How many calls a pod has answered; health checks do not count. */
async function handled(pod: Pod): Promise<number> {
  const counts = samples(await metricsOf(pod), 'grpc_server_handled_total');
  const calls = counts.filter(({ labels }) => labels.method?.startsWith('order.'));
  return calls.reduce((sum, { value }) => sum + value, 0);
}

const handledByAll = async (all: Pod[]): Promise<number[]> => Promise.all(all.map(handled));

const scale = async (replicas: number) => {
  await upgrade('order', { replicas }, '--no-hooks');
  await readyPods('order', replicas);
};

/** The share of each pod in the calls of the next seconds. */
async function shares(all: Pod[]): Promise<number[]> {
  const before = await handledByAll(all);
  const answered = async () => (await handledByAll(all)).map((count, at) => count - (before[at] ?? 0));
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  await until('there are calls to compare', async () => sum(await answered()) > 500);
  const counts = await answered();
  return counts.map((count) => count / sum(counts));
}

test('order goes from one pod to four and back: no request fails, and each of the four gets its share', async () => {
  await putBackLater('order');
  const load = await underLoad();
  const [first] = await pods('order');
  await scale(4);
  const four = await pods('order');
  for (const pod of four.filter(({ name }) => name !== first?.name)) {
    await until(`${pod.name} is called`, async () => (await handled(pod)) > 0, 40_000);
    const waited = Math.round((Date.now() - pod.readyAt) / 1_000);
    say(`${pod.name}: first calls seen at most ${waited} s after it was ready`);
    expect(waited).toBeLessThanOrEqual(40);
  }
  const each = await shares(four);
  say(`calls of four pods: ${each.map((share) => `${Math.round(share * 100)} %`).join(', ')}`);
  for (const share of each) expect(share).toBeGreaterThanOrEqual(0.15);
  await scale(1);
  const [left] = await pods('order');
  await gone(four.filter(({ name }) => name !== left?.name));
  await allServed(load, 'order from one pod to four and back');
});
