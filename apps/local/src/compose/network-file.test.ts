import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { services, topology } from '../topology.ts';

const { services: containers } = parse(readFileSync('docker/compose.network.yaml', 'utf8'));
const proxies = JSON.parse(readFileSync('docker/toxiproxy.json', 'utf8')) as { name: string; listen: string }[];

const callers = services.filter((name) => topology[name].calls.some(({ to }) => to === 'order'));
const called = [...topology.order.calls.map(({ to }) => to), 'postgresql', 'kafka'];

test('whoever calls order, and whomever it calls, is reached through a proxy', () => {
  const names = [...callers.map((name) => `${name}-order`), ...called.map((name) => `order-${name}`)];
  expect(proxies.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});

test('order finds the proxy where it looks for a peer, and its callers where they look for order', () => {
  expect(containers.order.links.toSorted()).toEqual(called.map((name) => `toxiproxy:${name}`).toSorted());
  for (const caller of callers) {
    const { listen } = proxies.find(({ name }) => name === `${caller}-order`)!;
    expect(containers[caller].environment).toEqual({ ORDER_SERVICE_URL: listen.replace('0.0.0.0', 'toxiproxy') });
  }
});

test('the proxy may do little, and is reached from this machine alone', () => {
  expect(containers.toxiproxy).toMatchObject({ read_only: true, cap_drop: ['ALL'], mem_limit: '64m' });
  for (const port of containers.toxiproxy.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});
