import { randomUUID } from 'node:crypto';
import { project } from '../../apps/local/src/compose/docker.ts';
import { Problem } from '../../apps/local/src/problem.ts';
import type { ServiceName } from '../../apps/local/src/topology.ts';
import { docker } from './containers.ts';
import type { End, NetworkIllness } from './victim.ts';

/** What makes a connection ill; https://github.com/Shopify/toxiproxy#toxics knows the types. */
interface Toxic {
  type: 'latency' | 'reset_peer';
  stream: 'upstream' | 'downstream';
  /** The share of the connections that have it. */
  toxicity: number;
  attributes: Record<string, number>;
}

const streams = ['upstream', 'downstream'] as const;

/** An illness as Toxiproxy can make it: it has connections before it, and no packets. */
export function toxicsOf({ latencyMs, lossPercent, cutPercent }: NetworkIllness): Toxic[] {
  if (lossPercent) throw new Problem('a proxy loses no packets: it can delay, and cut connections', { exitCode: 2 });
  const late = latencyMs && { latency: latencyMs, jitter: Math.round(latencyMs / 10) };
  return [
    ...(late ? streams.map((stream) => ({ type: 'latency', stream, toxicity: 1, attributes: late }) as const) : []),
    ...(cutPercent
      ? [{ type: 'reset_peer', stream: 'upstream', toxicity: cutPercent / 100, attributes: { timeout: 0 } } as const]
      : []),
  ];
}

const absent = (cause?: unknown) =>
  new Problem('nothing stands between order and its peers: npm run start:compose -- --toxiproxy', {
    exitCode: 2,
    cause,
  });

/** `host:port` of its API on this machine. */
async function api(): Promise<string> {
  const published = await docker('port', `${project}-toxiproxy-1`, '8474').catch((cause) =>
    Promise.reject(absent(cause)),
  );
  return published.trim();
}

async function ask(method: string, url: string, body?: object): Promise<Response> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  // a proxy that has started anew has no toxics
  if (answer.ok || (method === 'DELETE' && answer.status === 404)) return answer;
  throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
}

/** Makes all connections to and from a service ill, at the proxies of docker/toxiproxy.json, until the end of it. */
export async function proxiedNetwork(service: ServiceName, illness: NetworkIllness): Promise<End> {
  const toxics = toxicsOf(illness);
  const proxies = `http://${await api()}/proxies`;
  const all = (await (await ask('GET', proxies)).json()) as object;
  const its = Object.keys(all).filter((name) => name.split('-').includes(service));
  if (its.length === 0) throw absent();
  await using begun = new AsyncDisposableStack();
  for (const name of its) {
    for (const toxic of toxics) {
      const url = `${proxies}/${name}/toxics`;
      const id = randomUUID();
      await ask('POST', url, { name: id, ...toxic });
      begun.defer(async () => void (await ask('DELETE', `${url}/${id}`)));
    }
  }
  const ends = begun.move();
  return () => ends.disposeAsync();
}
