/** Brings a service up in order, and down in reverse. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Ms, Port, Type } from '@chandlery/config';
import { type Health, type HealthOptions, health } from '@chandlery/health';
import { gauge, type Logger, observeDefences, registry, startTracing } from '@chandlery/telemetry';

/** Something with a lifetime. `stop` finishes what is in flight, then resolves. */
export interface Part {
  name: string;
  start?(): Promise<unknown> | unknown;
  stop?(): Promise<unknown> | unknown;
}

/** What every service can be told. */
export const ServiceSettings = {
  /** Address to bind. */
  HOST: Type.String({ default: '0.0.0.0' }),
  /** Probes and metrics. */
  OPS_PORT: Port(9464),
  LOG_LEVEL: Type.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  /** How long to keep serving after SIGTERM, until load balancers have noticed that we are not ready. */
  DRAIN_DELAY_MS: Ms(5_000),
  /** How long the parts may take to stop. */
  STOP_DEADLINE_MS: Ms(25_000),
  /** OTLP/HTTP collector; without it spans exist for the logs alone. */
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String()),
};

export interface ServiceOptions {
  name: string;
  settings: {
    HOST: string;
    OPS_PORT: number;
    DRAIN_DELAY_MS: number;
    STOP_DEADLINE_MS: number;
    OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  };
  log: Logger;
  /** What the probes look at. */
  health?: HealthOptions;
  /** Called when readiness ends, before the drain pause; tells clients that ask by other ways than HTTP. */
  onDrain?: () => void;
  parts: Part[];
}

/** Starts the parts in order and keeps them up until SIGTERM or SIGINT; then not ready, drain pause, stops newest first, exit 0. */
export async function startService({ name, settings, log, health: checks = {}, onDrain, parts }: ServiceOptions) {
  registry.setDefaultLabels({ service: name });
  observeEventLoop();
  observeDefences(log);
  const tracing = await startTracing(name, settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  const probes = health(checks);
  const running: Part[] = [
    { name: 'tracing', stop: () => tracing.stop() },
    { name: 'probes', stop: () => probes.close() },
  ];
  const end = (code: number) => shutDown({ running, probes, settings, log, code, ...(onDrain && { onDrain }) });
  process.once('SIGTERM', () => end(0)).once('SIGINT', () => end(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error, action: event }, 'a bug ended the process');
      process.exit(1);
    });
  }
  try {
    await probes.listen(settings.OPS_PORT, settings.HOST);
    for (const part of parts) {
      running.push(part);
      await part.start?.();
    }
  } catch (error) {
    log.fatal({ err: error, part: running.at(-1)?.name }, 'could not start');
    process.exit(1);
  }
  probes.started();
  log.info({ duration_ms: Math.round(process.uptime() * 1000) }, 'ready');
}

interface ShutDown {
  running: Part[];
  probes: Health;
  settings: ServiceOptions['settings'];
  log: Logger;
  code: number;
  onDrain?: () => void;
}

async function shutDown({ running, probes, settings, log, code, onDrain }: ShutDown): Promise<void> {
  log.info('draining');
  probes.drain();
  onDrain?.();
  await delay(settings.DRAIN_DELAY_MS);
  const hurry = setTimeout(() => {
    log.error({ part: running.at(-1)?.name }, 'did not stop in time');
    process.exit(1);
  }, settings.STOP_DEADLINE_MS);
  hurry.unref();
  for (let part = running.at(-1); part; part = running.at(-1)) {
    try {
      await part.stop?.();
    } catch (error) {
      log.error({ err: error, part: part.name }, 'could not stop cleanly');
    }
    running.pop();
  }
  log.info('stopped');
  process.exit(code);
}

function observeEventLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  gauge('nodejs_eventloop_lag_p99_seconds', '99th percentile of event loop delay since the last scrape', [], (lag) => {
    lag.set(delays.percentile(99) / 1e9);
    delays.reset();
  });
}
