import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { config } from '@chandlery/config';
import { Config, sharedVariables } from './config.ts';
import { openData } from './data.ts';
import { loginUrl } from './databases.ts';
import { environmentOf } from './environment.ts';
import { fleet } from './fleet.ts';
import { databasesOf, listed, portNames, scriptOf } from './plan.ts';
import { assignPorts } from './ports.ts';
import { replaceFile } from './replace-file.ts';
import { secretsOf } from './secrets.ts';
import { serviceUnit } from './service-unit.ts';
import { storage } from './storage.ts';
import type { System, SystemOptions } from './system.ts';
import { services } from './topology.ts';
import { receiveTraces } from './traces.ts';

const DATA = fileURLToPath(new URL('../../../.data', import.meta.url));

/** Takes the data directory, its ports and its secrets, and receives traces: all that the processes need. What it opens, `stack` closes. */
async function ground(options: SystemOptions, stack: AsyncDisposableStack) {
  const { data = DATA, fresh = false, settings = config(Config), script = scriptOf, say = () => undefined } = options;
  const chosen = services.filter((name) => options.only?.includes(name) ?? true);
  const { files, held } = await openData({ directory: data, fresh, scriptOf: script, say });
  stack.defer(() => held.release());
  const fixed = options.port && chosen.includes('gateway') ? { 'gateway.http': options.port } : {};
  const ports = await assignPorts(files.ports, portNames, fixed);
  const secrets = await secretsOf(files.secrets, { locked: existsSync(files.postgres) ? files.postgres : undefined });
  const traces = await receiveTraces(ports['local.http'], settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  stack.defer(() => traces.stop());
  return { settings, script, say, chosen, files, ports, secrets, traces };
}

type Ground = Awaited<ReturnType<typeof ground>>;

function fleetOn({ files, ports, say }: Ground, { policy, hurry }: SystemOptions, stack: AsyncDisposableStack) {
  const processes = () => [
    listed('local', process.pid, ports),
    ...all.members.flatMap(({ name, pid }) => (pid ? [listed(name, pid, ports)] : [])),
  ];
  const all = fleet({
    logOf: (name) => join(files.logs, `${name}.log`),
    changed: () => replaceFile(files.run, { processes: processes() }),
    say,
    policy,
  });
  hurry?.addEventListener('abort', () => all.kill());
  stack.defer(() => rmSync(files.run, { force: true }));
  stack.defer(() => all.stop());
  return { ...all, processes };
}

/** Starts everything in order: PostgreSQL, its databases, all services at once; whatever it started, `stack` stops. */
export async function bringUp(options: SystemOptions, stack: AsyncDisposableStack): Promise<System> {
  const base = await ground(options, stack);
  const { settings, script, say, chosen, files, ports, secrets, traces } = base;
  const all = fleetOn(base, options, stack);
  const plans = databasesOf(chosen, secrets.passwords, settings.KAFKA_BROKERS !== undefined);
  const password = secrets.passwords.postgres ?? '';
  const postgres = await storage({ plans, settings, files, port: ports['postgres.sql'], password, all, say });
  options.signal?.throwIfAborted();

  const servers = { postgres, kafka: settings.KAFKA_BROKERS, redis: settings.REDIS_URL, otlp: traces.url };
  const surroundings = { ports, secrets, files, servers, shared: sharedVariables(settings) };
  for (const name of chosen) {
    const env = { ...environmentOf(name, surroundings), ...options.variables?.[name] };
    const readyUrl = `http://127.0.0.1:${ports[`${name}.ops`]}/ready`;
    all.launch(serviceUnit({ name, script: script(name), env, readyUrl, logFile: all.logOf(name) }));
  }
  await all.ready(options.signal);
  return {
    gateway: `http://127.0.0.1:${ports['gateway.http']}`,
    files,
    customer: secrets.customer,
    processes: all.processes,
    spans: (traceId) => traces.spans.trace(traceId),
    databaseUrl: (name) => loginUrl(postgres ?? '', { name, password: secrets.passwords[name] ?? '' }),
    kill: (name, signal) => all.members.find((member) => member.name === name)?.kill(signal),
    stop: () => stack.disposeAsync(),
    failed: all.failed,
  };
}
