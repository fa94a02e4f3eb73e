import { type Forward, portForward } from '../../apps/local/src/kind/port-forward.ts';
import { context, namespace } from './settings.ts';

/** A local port that leads to a port of `to` (`service/postgresql`, `pod/order-...`), until it is disposed of. */
export const forward = (to: string, port: number): Promise<Forward> => portForward({ context, namespace }, to, port);

/** The metrics of a pod, from its port for probes and metrics, which nobody in the cluster can reach. */
export async function metricsOf(pod: { name: string }): Promise<string> {
  await using way = await forward(`pod/${pod.name}`, 9464);
  return (await fetch(`http://127.0.0.1:${way.port}/metrics`)).text();
}
