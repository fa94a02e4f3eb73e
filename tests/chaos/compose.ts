import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose, directory, project, published } from '../../apps/local/src/compose/docker.ts';
import { loginUrl } from '../../apps/local/src/databases.ts';
import type { ServiceName } from '../../apps/local/src/topology.ts';
import { findTarget, sourcesOf } from '../audit/targets.ts';
import { gatewayOf } from '../load/targets.ts';
import { asking, docker } from './containers.ts';
import { proxiedNetwork } from './toxiproxy.ts';
import type { ProcessName, Signal, Victim } from './victim.ts';

const containerOf = (name: ProcessName) => `${project}-${name}-1`;
const network = `${project}_default`;

interface Container {
  Service: string;
  State: string;
  Health: string;
}

async function unwell(): Promise<string[]> {
  const lines = (await compose('ps', '--all', '--format', 'json')).split('\n').filter(Boolean);
  const containers = lines.map((line) => JSON.parse(line) as Container);
  return containers.flatMap(({ Service: name, State: state, Health: health }) => {
    if (name.endsWith('-migrate')) return [];
    if (state !== 'running') return [`${name} is ${state}`];
    return health === '' || health === 'healthy' ? [] : [`${name} is ${health}`];
  });
}

const ready = (name: ProcessName) => compose('up', '--detach', '--wait', '--no-recreate', '--no-deps', name);

/** A signal from outside. Docker does not start again what it was told to kill, so that is done here. */
async function signal(name: ProcessName, how: Signal): Promise<void> {
  if (how === 'SIGSTOP') return void (await docker('pause', containerOf(name)));
  if (how === 'SIGCONT') return void (await docker('unpause', containerOf(name)));
  await docker('kill', '--signal', how, containerOf(name));
  await docker('start', containerOf(name));
}

/** The shop that `npm run start:compose` has brought up. */
export async function composeVictim(): Promise<Victim> {
  const [gateway, sandbox] = await Promise.all([gatewayOf({ target: 'compose' }), published('sandbox', 4010)]);
  return {
    target: 'compose',
    gateway,
    sandbox: `http://${sandbox}`,
    sources: async (ways) => sourcesOf((await findTarget({ target: 'compose' }, {}, ways)).addresses),
    database: async (name) => {
      const { passwords } = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8'));
      return loginUrl(`postgres://${await published('postgresql', 5432)}`, { name, password: passwords[name] });
    },
    signal,
    restart: async (name: ServiceName) => {
      await docker('restart', containerOf(name));
      await ready(name);
    },
    ops: async (name, method, path, body) => [await docker('exec', containerOf(name), ...asking(method, path, body))],
    takeAway: async (name) => {
      await docker('kill', containerOf(name));
      return () => docker('start', containerOf(name));
    },
    partition: async (name) => {
      await docker('network', 'disconnect', network, containerOf(name));
      return () => docker('network', 'connect', '--alias', name, network, containerOf(name));
    },
    network: proxiedNetwork,
    unwell,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
