import { expect, test } from 'vitest';
import { changesOf, explained } from './pod-network.ts';

const ofPod = (illness: Parameters<typeof changesOf>[0], ip = '10.244.1.7') => changesOf(illness, 'cni-1', ip, 26);

test('what is begun is what is ended', () => {
  const [loss, ...others] = ofPod({ lossPercent: 10 });
  const rule = loss?.begin.match(/--insert (.*)/)?.[1];
  expect(rule).toMatch(/^INPUT ! --in-interface lo .* --probability 0\.1 .* --comment chaos-26 --jump DROP$/);
  expect(loss?.end).toContain(`--delete ${rule} ;;`);
  expect(others).toEqual([]);
});

test('packets of IPv6 are lost by its own tables', () => {
  expect(ofPod({ lossPercent: 10 }, 'fd00::7')[0]?.begin).toContain('ip6tables');
});

test('packets are late at both ends, and what ends it knows its own', () => {
  const changes = ofPod({ latencyMs: 200 });
  expect(changes.map(({ begin }) => begin)).toEqual([
    expect.stringMatching(/^ip netns exec cni-1 tc qdisc add dev eth0 root handle 1a: netem delay 200ms$/),
    expect.stringMatching(/^tc qdisc add dev \$\(.*\) root handle 1a: netem delay 200ms$/),
  ]);
  for (const { end } of changes) expect(end).toContain('*"netem 1a:"*)');
});

test.each([
  ['Error: Specified qdisc kind is unknown.', 'no sch_netem'],
  ["iptables v1.8.9 (nf_tables): Couldn't load match `statistic'", 'no xt_statistic'],
  ['exec of "tc" failed: No such file or directory', 'lacks iproute2'],
])('%s is said in terms of what to do', (message, told) => {
  expect(explained(new Error(message))).toMatchObject({ message: expect.stringContaining(told), exitCode: 2 });
});

test('any other error stays what it is', () => {
  const error = new Error('no such container: chandlery-worker');
  expect(explained(error)).toBe(error);
});
