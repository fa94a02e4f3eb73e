import { command } from '../../apps/local/src/command.ts';
import type { Pod } from './pods.ts';

/** Runs a shell command on a node of kind, which is a container. */
export const onNode = (node: string, script: string): Promise<string> =>
  command('docker', ['exec', node, 'sh', '-c', script]);

/** Sends a signal to the first process of a pod's container, from outside: it cannot be refused, as from inside it would be. */
export async function signal(pod: Pod, name: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  const first = `awk '/^NSpid:/ && $NF == 1 { found = 1 } END { exit !found }' /proc/$pid/status`;
  const processes = `grep -ls ${pod.containerId} /proc/[0-9]*/cgroup | cut -d/ -f3`;
  await onNode(pod.node, `for pid in $(${processes}); do if ${first}; then exec kill -${name} $pid; fi; done; exit 1`);
}
