import { type ServiceName, topology } from '../../apps/local/src/topology.ts';
import { kubectl } from './kube.ts';
import type { Port } from './pods.ts';
import { namespace } from './settings.ts';

/** Ports that are open to everyone, within the cluster and without: what a NodePort leads to. */
export const forEveryone = ['gateway:8080', 'sandbox:4010', 'jaeger:16686'];

const usesOf = (name: ServiceName): string[] => {
  const { database, bus, keyvalue } = topology[name];
  return [
    'jaeger:4318',
    ...(database ? ['postgresql:5432'] : []),
    ...(bus ? ['kafka:9092'] : []),
    ...(keyvalue ? ['redis:6379'] : []),
  ];
};

/** Whether the topology has a connection from this app to that port; servers begin none. */
export function wanted(from: string, to: string, port: Port): boolean {
  const service = topology[from as ServiceName];
  if (!service) return false;
  const called = service.calls.some((call) => call.to === to && call.protocol === port.name);
  return called || usesOf(from as ServiceName).includes(`${to}:${port.number}`);
}

export interface Target {
  app: string;
  ip: string;
  port: Port;
}

const timeoutMs = 1_500;

/** Connects to all targets at once, and prints a digit for each: 0 where nothing came back. A refusal came back: it was not kept out. */
const nodeScript = (targets: readonly Target[]) => `
  const { connect } = require('node:net');
  const tried = ([host, port]) => new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (came) => () => { socket.destroy(); resolve(came); };
    socket.on('connect', end(1)).on('error', end(1)).setTimeout(${timeoutMs}, end(0));
  });
  const targets = ${JSON.stringify(targets.map(({ ip, port }) => [ip, port.number]))};
  Promise.all(targets.map(tried)).then((all) => console.log(all.join('')));`;

/** The same for an image without Node: prints the index of each target from which something came. */
const bashScript = (targets: readonly Target[]) => {
  const connect = ({ ip, port }: Target) =>
    `timeout ${timeoutMs / 1_000} bash -c '</dev/tcp/${ip}/${port.number}' 2>/dev/null`;
  const tries = targets.map((target, at) => `{ ${connect(target)}; [ $? = 124 ] || echo ${at}; } &`);
  return `${tries.join('\n')}\nwait`;
};

/** Which of the targets a pod can reach, tried from inside it with what it has: Node, or else bash. */
export async function reached(
  pod: { name: string },
  has: 'node' | 'bash',
  targets: readonly Target[],
  inside = namespace,
) {
  const exec = (...command: string[]) => kubectl(['exec', pod.name, '--namespace', inside, '--', ...command]);
  if (has === 'node') {
    const digits = await exec('/nodejs/bin/node', '--eval', nodeScript(targets));
    return [...digits.trim()].map((digit) => digit === '1');
  }
  const indices = new Set((await exec('bash', '-c', bashScript(targets))).split('\n'));
  return targets.map((_, at) => indices.has(String(at)));
}
