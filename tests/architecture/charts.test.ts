import { expect, test } from 'vitest';
import { describeChart, files, lint, manifests, objections, releases, template, text, type Values } from './helm.ts';

const canary = { strategy: 'canary', 'canary.tag': 'v2' };
const colours = { strategy: 'blueGreen', 'blueGreen.greenTag': 'v2' };
const route = { 'ingress.kind': 'HTTPRoute', 'ingress.gateway.name': 'public' };

describeChart('the chart', () => {
  test.each(releases)('of %s in %s passes helm lint --strict', async (app, env) => {
    await lint(app, env);
  });

  test('fits the schemas of Kubernetes and its extensions, for every app and environment', async () => {
    const rendered: Record<string, string> = {
      'order-canary': await template('order', 'production', canary),
      'order-colours': await template('order', 'production', colours),
      'gateway-route': await template('gateway', 'production', route),
    };
    for (const [app, env] of releases) rendered[`${app}-${env}`] = await template(app, env);
    expect(await objections(files(rendered))).toBe('');
  });

  test.each([
    ['ServiceMonitor', 'honorLabels:', 'honourLabels:'],
    ['PrometheusRule', 'expr:', 'expression:'],
    ['VerticalPodAutoscaler', 'updateMode:', 'mode:'],
    ['HTTPRoute', 'backendRefs:', 'backends:'],
    ['Deployment', 'readinessProbe:', 'readyProbe:'],
  ])('would not fit with a misspelt key in a %s', async (kind, key, misspelt) => {
    const rendered = await template('gateway', 'staging');
    expect(rendered).toContain(key);
    const found = await objections(files({ gateway: rendered.replace(key, misspelt) }));
    expect(found).toContain(`${kind} gateway is invalid`);
  });

  test.each([
    ['gateway-production', 'gateway', 'production', {}],
    ['order-dev', 'order', 'dev', {}],
    ['order-staging-canary', 'order', 'staging', { ...canary, 'canary.env.GIVE_UP_MS': '5s' }],
  ] as const)('makes what was agreed on: %s', async (name, app, env, values) => {
    await expect(text(await manifests(app, env, values))).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test.each(releases.filter(([, env]) => env === 'production'))(
    'puts nothing of development into %s',
    async (app, env) => {
      expect(await template(app, env)).not.toMatch(/sandbox|NodePort|--seeds|jaeger:4318/);
    },
  );
});

const refusal = (values: Values) =>
  template('order', 'dev', values).then(
    () => 'none',
    ({ stderr }) => stderr as string,
  );

describeChart('the chart refuses', () => {
  test.each<[string, Values, string]>([
    ['a misspelt key', { repicas: 2 }, 'repicas'],
    ['a misspelt key further in', { 'autoscaling.minimum': 2 }, 'minimum'],
    ['no tag', { 'image.tag': '' }, 'name one build'],
    ['the tag latest', { 'image.tag': 'latest' }, 'name one build'],
    ['a canary that is latest', { ...canary, 'canary.tag': 'latest' }, 'name one build'],
    ['green without a build', { strategy: 'blueGreen', 'blueGreen.active': 'green' }, 'there is no blueGreen.greenTag'],
    [
      'a stand-in for the world outside of development',
      { 'development.enabled': false, 'development.only': true },
      'development alone',
    ],
    [
      'a defence that is off outside of development',
      { 'development.enabled': false, 'env.DEFENCES_OFF': 'breaker' },
      'for development alone',
    ],
    ['fewest pods above most', { 'autoscaling.min': 11 }, 'autoscaling.min is above'],
    ['two pods for a volume', { 'persistence.size': '1Gi', 'persistence.mountPath': '/data', replicas: 2 }, 'one pod'],
    ['migrations of no database', { uses: '{kafka}' }, 'postgresql is not among uses'],
    ['everyone at an http port that is not there', { expose: true }, 'an http port'],
    ['a way in without a name', { 'ingress.kind': 'Ingress' }, 'ingress.host is empty'],
    ['a route without a Gateway', { 'ingress.kind': 'HTTPRoute', 'ingress.host': 'a.example' }, 'ingress.gateway.name'],
  ])('%s', async (_, values, message) => {
    expect(await refusal(values)).toContain(message);
  });
});
