import { expect, test } from 'vitest';
import { describeChart, find, type Manifest, manifests, text, type Values } from './helm.ts';

const canary: Values = { strategy: 'canary', 'canary.tag': 'v2' };
const colours = (active: string): Values => ({
  strategy: 'blueGreen',
  'blueGreen.active': active,
  'blueGreen.greenTag': 'v2',
});

const tracks = (all: Manifest[]) =>
  Object.fromEntries(
    all
      .filter(({ kind, metadata }) => kind === 'Service' && !metadata.name.endsWith('-metrics'))
      .map(({ metadata, spec }) => [metadata.name, spec.selector['chandlery.example/track']]),
  );
const images = (all: Manifest[]) =>
  Object.fromEntries(
    all
      .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
      .map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0].image]),
  );

describeChart('a canary', () => {
  test('leaves the pods that serve alone', async () => {
    const before = await manifests('order', 'production');
    const now = await manifests('order', 'production', canary);
    expect(find(now, 'Deployment', 'order')).toEqual(find(before, 'Deployment', 'order'));
  });

  test('has addresses of its own, and its migrations are run', async () => {
    const all = await manifests('order', 'production', canary);
    expect(images(all)).toEqual({
      order: 'chandlery/order:v1',
      'order-canary': 'chandlery/order:v2',
      'order-migration': 'chandlery/order:v2',
    });
    expect(tracks(all)).toEqual({
      order: 'blue',
      'order-headless': 'blue',
      'order-canary': 'canary',
      'order-canary-headless': 'canary',
    });
  });

  test('may have settings and resources of its own', async () => {
    const values = { ...canary, 'canary.env.LOG_LEVEL': 'debug', 'canary.resources.limits.memory': '1Gi' };
    const all = await manifests('order', 'production', values);
    const [container] = find(all, 'Deployment', 'order-canary')?.spec.template.spec.containers ?? [];
    expect(container.env).toEqual([{ name: 'LOG_LEVEL', value: 'debug' }]);
    expect(container.resources.limits).toEqual({ memory: '1Gi' });
    expect(container.resources.requests).toEqual({ cpu: '250m', memory: '384Mi' });
  });
});

describeChart('blue and green', () => {
  test('are up together, the new one at its own address', async () => {
    const all = await manifests('order', 'production', colours('blue'));
    expect(images(all)).toEqual({
      order: 'chandlery/order:v1',
      'order-green': 'chandlery/order:v2',
      'order-migration': 'chandlery/order:v2',
    });
    expect(tracks(all)).toEqual({ order: 'blue', 'order-headless': 'blue', 'order-preview': 'green' });
  });

  test('change places without a change of any pod', async () => {
    const before = await manifests('order', 'production', colours('blue'));
    const now = await manifests('order', 'production', colours('green'));
    expect(tracks(now)).toEqual({ order: 'green', 'order-headless': 'green', 'order-preview': 'blue' });
    const others = (all: Manifest[]) => text(all.filter(({ kind }) => kind !== 'Service' && kind !== 'Job'));
    expect(others(now)).toBe(others(before));
  });
});

describeChart('any way to deploy', () => {
  test.each([
    ['canary', canary],
    ['blue', colours('blue')],
    ['green', colours('green')],
  ])('keeps the selector of the Deployment, which cannot change: %s', async (_, values) => {
    const rolling = find(await manifests('order', 'dev'), 'Deployment', 'order');
    const now = find(await manifests('order', 'dev', values), 'Deployment', 'order');
    expect(now?.spec.selector).toEqual(rolling?.spec.selector);
  });

  test('takes a tag of digits as it is', async () => {
    const all = await manifests('order', 'dev', { 'image.tag': 7654321 });
    expect(images(all).order).toBe('chandlery/order:7654321');
  });

  test('gives two pods a budget, and none to a single pod, which would hold up the drain of its node', async () => {
    expect(find(await manifests('order', 'dev'), 'PodDisruptionBudget', 'order')).toBeUndefined();
    expect(find(await manifests('order', 'dev', { replicas: 2 }), 'PodDisruptionBudget', 'order')).toBeDefined();
  });
});
