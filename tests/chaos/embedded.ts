import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProcess, readRunFile } from '../../apps/local/src/run-file.ts';
import { startSystem } from '../../apps/local/src/system.ts';
import { type ServiceName, services, topology } from '../../apps/local/src/topology.ts';
import { findTarget, sourcesOf } from '../audit/targets.ts';
import { complaints } from './complaints.ts';
import type { ProcessName, Victim } from './victim.ts';

interface EmbeddedOptions {
  /** Where its state is kept, and stays; without it in a directory of its own, which goes with it. */
  data?: string | undefined;
  /** More variables for a service. */
  variables?: Partial<Record<ServiceName, Record<string, string>>>;
  say?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** Limits on clients that would hold up a load from one address, and leases that would make each crash a wait of ten seconds. */
const roomy: Partial<Record<ServiceName, Record<string, string>>> = {
  gateway: { SIGN_INS_PER_MINUTE: '100000', RATE_LIMIT_PER_SECOND: '10000', RATE_LIMIT_BURST: '20000' },
  payment: { LEASE_MS: '6000' },
};

function directory(given: string | undefined, stack: AsyncDisposableStack): string {
  if (given) return given;
  const made = mkdtempSync(join(tmpdir(), 'chandlery-chaos-'));
  chmodSync(made, 0o755); // PostgreSQL may run as somebody else
  stack.defer(() => rmSync(made, { recursive: true }));
  return join(made, 'data');
}

const breakable = { FAULTS_ENABLED: 'true' };

const variablesFor = (more: EmbeddedOptions['variables'] = {}) =>
  Object.fromEntries(services.map((name) => [name, { ...breakable, ...roomy[name], ...more[name] }]));

/** Who knows the peer calls it through the network; here that ends in the caller's own client. */
const callersOf = (peer: ServiceName) =>
  services.filter((name) => topology[name].calls.some(({ to, protocol }) => to === peer && protocol === 'grpc'));

const processName = (name: ProcessName) => (name === 'postgresql' ? 'postgres' : name);

const text = async (answer: Response): Promise<string> => {
  const body = await answer.text();
  if (answer.ok) return body;
  throw new Error(`${answer.url} answered ${answer.status}: ${body}`);
};

const PATIENCE_MS = 500;

/** What a process says of itself, and what its defences complain of. */
async function unwell({ name, metrics }: RunningProcess, of: ReturnType<typeof complaints>): Promise<string[]> {
  if (!metrics) return [];
  const ask = (path: string) => fetch(new URL(path, metrics), { signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    if (!(await ask('/ready')).ok) return [`${name} is not ready`];
    return of(name, await (await ask('/metrics')).text());
  } catch {
    return [`${name} does not answer`];
  }
}

/** Starts a shop of its own on this machine, to be broken; it ends with the victim. */
export async function embeddedVictim(options: EmbeddedOptions = {}): Promise<Victim> {
  const stack = new AsyncDisposableStack();
  try {
    const data = directory(options.data, stack);
    const { say, signal } = options;
    const system = await startSystem({
      data,
      variables: variablesFor(options.variables),
      ...(say && { say }),
      ...(signal && { signal }),
    });
    stack.defer(() => system.stop());
    const heard = complaints();
    const processes = () => readRunFile(system.files.run).processes;
    const processOf = (name: string) => processes().find((process) => process.name === name);

    async function ops(name: ServiceName, method: string, path: string, body?: unknown): Promise<string[]> {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const answer = await fetch(new URL(path, processOf(name)?.metrics), init).catch((cause) => {
        throw new Error(`${name} does not answer`, { cause });
      });
      return [await text(answer)];
    }

    const { addresses } = await findTarget({ target: 'embedded', data }, {}, stack);
    return {
      target: 'embedded',
      gateway: system.gateway,
      sandbox: addresses.sandbox,
      sources: async () => sourcesOf(addresses),
      database: async (name) => system.databaseUrl(name),
      data,
      ops,
      signal: async (name, how) => system.kill(processName(name), how),
      restart: async (name) => system.kill(name, 'SIGTERM'),
      takeAway: async (name) => {
        throw new Error(`${name} can't be taken away from an embedded shop`);
      },
      partition: async (peer) => {
        const at = `${peer}.v1.*`;
        const name = `partition-${peer}`;
        const all = (method: string, body?: object) =>
          Promise.all(callersOf(peer).map((caller) => ops(caller, method, `/ops/faults/${name}`, body)));
        await all('PUT', { kind: 'hang', at });
        return () => all('DELETE').catch(() => undefined); // who has died meanwhile has forgotten it
      },
      network: async (name) => {
        throw new Error(`the network of ${name} can't be ill in an embedded shop: all of it is one machine`);
      },
      unwell: async () => (await Promise.all(processes().map((process) => unwell(process, heard)))).flat(),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
