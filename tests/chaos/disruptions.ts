import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '../../apps/local/src/topology.ts';
import type { Fault } from '../../libs/faults/src/index.ts';
import type { End, NetworkIllness, ProcessName, ServerName, Victim } from './victim.ts';

/** Something that goes wrong, from its beginning to its end. */
export interface Disruption {
  /** In a few words, such as `kill order`. */
  name: string;
  begin(victim: Victim): Promise<End>;
}

const nothing: End = () => undefined;

/** Kills a process without a word; whoever runs it starts it again. */
export const kill = (name: ProcessName): Disruption => ({
  name: `kill ${name}`,
  begin: async (victim) => {
    await victim.signal(name, 'SIGKILL');
    return nothing;
  },
});

/** Does what `disruption` begins again and again. */
export const every = (ms: number, disruption: Disruption): Disruption => ({
  name: `${disruption.name} every ${ms / 1_000} s`,
  begin: async (victim) => {
    const ended = new AbortController();
    const again = (async () => {
      while (!ended.signal.aborted) {
        const end = await disruption.begin(victim);
        await delay(ms, undefined, { signal: ended.signal }).catch(() => undefined);
        await end();
      }
    })();
    again.catch(() => undefined); // its end tells
    return () => {
      ended.abort();
      return again;
    };
  },
});

/** A process stands still, and everybody waits for it. */
export const pause = (name: ProcessName): Disruption => ({
  name: `pause ${name}`,
  begin: async (victim) => {
    await victim.signal(name, 'SIGSTOP');
    return () => victim.signal(name, 'SIGCONT');
  },
});

/** All processes of these services are replaced, one service after the other, as by a deployment. */
export const deploy = (...names: ServiceName[]): Disruption => ({
  name: `deploy ${names.join(', ')}`,
  begin: async (victim) => {
    const all = (async () => {
      for (const name of names) await victim.restart(name);
    })();
    all.catch(() => undefined); // its end tells
    return () => all;
  },
});

export const away = (name: ServerName): Disruption => ({
  name: `${name} away`,
  begin: (victim) => victim.takeAway(name),
});

export const partition = (name: ServiceName): Disruption => ({
  name: `${name} cut off`,
  begin: (victim) => victim.partition(name),
});

/** The network between a service and all its peers is ill. */
export const network = (service: ServiceName, illness: NetworkIllness, name: string): Disruption => ({
  name,
  begin: (victim) => victim.network(service, illness),
});

/** A fault of `@chandlery/faults` in every process of a service. A process that starts anew is free of it. */
export const fault = (service: ServiceName, given: Fault, name = `${given.kind} in ${service}`): Disruption => ({
  name,
  begin: async (victim) => {
    const path = `/ops/faults/${encodeURIComponent(name.replaceAll(' ', '-'))}`;
    await victim.ops(service, 'PUT', path, given);
    // whoever has died meanwhile has forgotten it
    return () => victim.ops(service, 'DELETE', path).catch(() => undefined);
  },
});

/** What the outside world can suffer from; see apps/sandbox/src/faults.ts. */
interface Illness {
  latencyMs?: number;
  errorRate?: number;
  hangRate?: number;
  dropAnswerRate?: number;
}

async function asking(victim: Victim, method: string, body?: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${victim.sandbox}/sandbox/faults`, {
    method,
    ...(body && { headers, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
}

/** The payment provider, or the mail server, is ill. */
export const outside = (target: 'payments' | 'smtp', illness: Illness, name: string): Disruption => ({
  name,
  begin: async (victim) => {
    await asking(victim, 'POST', { target, ...illness });
    return () => asking(victim, 'POST', { target });
  },
});

/** Several at a time. */
export const together = (name: string, ...all: Disruption[]): Disruption => ({
  name,
  begin: async (victim) => {
    const ends: End[] = [];
    for (const one of all) ends.push(await one.begin(victim));
    return () => Promise.all(ends.map((end) => end()));
  },
});
