import { randomInt } from 'node:crypto';
import { Problem } from '../../apps/local/src/problem.ts';
import { onNode } from '../cluster/node.ts';
import type { Pod } from '../cluster/pods.ts';
import type { End, NetworkIllness } from './victim.ts';

/** Shell commands for a pod's node. */
interface Change {
  begin: string;
  end: string;
}

const elsewhere = 'or take --target compose, where a proxy does it';
const lacking: readonly [RegExp, string][] = [
  [
    /qdisc kind is unknown/,
    `the kernel of the nodes has no sch_netem, which delays packets: sudo modprobe sch_netem on the machine of Docker, ${elsewhere}`,
  ],
  [
    /Couldn't load match|missing kernel module|RULE_INSERT failed|No chain\/target\/match/,
    'the kernel of the nodes has no xt_statistic, which loses packets: sudo modprobe xt_statistic on the machine of Docker',
  ],
  [/exec of "\w+" failed|\w+: not found/, 'the image of the nodes lacks iproute2 (ip, tc) or iptables'],
];

/** What a node or its kernel lacks, in terms of what to do; any other error stays what it is. */
export function explained(error: Error): Error {
  const [, problem] = lacking.find(([pattern]) => pattern.test(error.message)) ?? [];
  return problem ? new Problem(problem, { exitCode: 2, cause: error }) : error;
}

/** Prints the name of the network namespace whose address is `ip`. */
const finding = (ip: string) =>
  `for each in $(ip netns list | cut -d' ' -f1); do [ -z "$(ip -netns $each -o address show to ${ip})" ] || echo $each; done`;

async function namespaceOf({ name, node, ip }: Pod): Promise<string> {
  const namespace = (await onNode(node, finding(ip))).trim();
  if (!namespace) throw new Error(`${node} has no network namespace with ${ip}, the address of ${name}`);
  return namespace;
}

/** Does something where there is a trace of us, and only there. A pod that is gone has taken its namespace along. */
const whereMarked = (namespace: string, look: string, mark: string, then: string) =>
  `[ -e /var/run/netns/${namespace} ] || exit 0; there=$(${look}) || exit 1; case "$there" in *${mark}*) ${then} ;; esac`;

/** Loses what comes in from outside; what a pod says to itself, such as our own questions to its ops port, stays. */
function loss(namespace: string, ip: string, percent: number, id: number): Change {
  const iptables = `ip netns exec ${namespace} ${ip.includes(':') ? 'ip6tables' : 'iptables'} --wait`;
  const mark = `chaos-${id}`;
  const statistic = `--match statistic --mode random --probability ${percent / 100}`;
  const rule = `INPUT ! --in-interface lo ${statistic} --match comment --comment ${mark} --jump DROP`;
  const look = `${iptables} --list-rules INPUT`;
  return {
    begin: `${iptables} --insert ${rule}`,
    end: whereMarked(namespace, look, `"${mark} "`, `${iptables} --delete ${rule}`),
  };
}

/** What leaves the device waits. Without jitter: netem would change the order of packets. */
function delay(namespace: string, tc: string, device: string, ms: number, id: number): Change {
  const mark = `netem ${id.toString(16)}:`;
  return {
    begin: `${tc} qdisc add dev ${device} root handle ${id.toString(16)}: netem delay ${ms}ms`,
    end: whereMarked(namespace, `${tc} qdisc show dev ${device}`, `"${mark}"`, `${tc} qdisc delete dev ${device} root`),
  };
}

/** The pod's end of its cable delays what it sends, the node's end what it gets. */
function delays(namespace: string, ms: number, id: number): Change[] {
  const inside = `ip netns exec ${namespace}`;
  const peer = `grep -lx $(${inside} cat /sys/class/net/eth0/iflink) /sys/class/net/*/ifindex | cut -d/ -f5`;
  return [delay(namespace, `${inside} tc`, 'eth0', ms, id), delay(namespace, 'tc', `$(${peer})`, ms, id)];
}

/** What to do on the node of a pod with this address; `id`, from 1 to 32767, tells it from what others do there. */
export function changesOf(illness: NetworkIllness, namespace: string, ip: string, id: number): Change[] {
  const { latencyMs, lossPercent, cutPercent } = illness;
  if (cutPercent) {
    throw new Problem('on kind packets are late or lost; it is the proxy of compose that cuts connections', {
      exitCode: 2,
    });
  }
  return [
    ...(latencyMs ? delays(namespace, latencyMs, id) : []),
    ...(lossPercent ? [loss(namespace, ip, lossPercent, id)] : []),
  ];
}

/** Makes the network of these pods ill, from their nodes, until the end of it. */
export async function podNetwork(pods: readonly Pod[], illness: NetworkIllness): Promise<End> {
  await using begun = new AsyncDisposableStack();
  for (const pod of pods) {
    const namespace = await namespaceOf(pod);
    for (const { begin, end } of changesOf(illness, namespace, pod.ip, randomInt(1, 0x8000))) {
      await onNode(pod.node, begin).catch((error) => Promise.reject(explained(error)));
      begun.defer(async () => void (await onNode(pod.node, end)));
    }
  }
  const ends = begun.move();
  return () => ends.disposeAsync();
}
