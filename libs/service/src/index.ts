/** Brings a service up in order, and down in reverse. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Ms, Port, Type } from '@chandlery/config';
import { type HealthOptions, health } from '@chandlery/health';
import { gauge, type Logger, observeDefences, registry, startTracing } from '@chandlery/telemetry';
import { lifetime, type Part } from './lifetime.ts';

export type { Part } from './lifetime.ts';

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
  /** How long spans wait for company before they leave. */
  OTEL_BSP_SCHEDULE_DELAY: Ms(5_000),
  /** Share of the traces begun here that is recorded. */
  OTEL_TRACES_SAMPLER_ARG: Type.Number({ minimum: 0, maximum: 1, default: 1 }),
};

export interface ServiceOptions {
  name: string;
  settings: {
    HOST: string;
    OPS_PORT: number;
    DRAIN_DELAY_MS: number;
    STOP_DEADLINE_MS: number;
    OTEL_EXPORTER_OTLP_ENDPOINT?: string;
    OTEL_BSP_SCHEDULE_DELAY: number;
    OTEL_TRACES_SAMPLER_ARG: number;
  };
  log: Logger;
  /** What the probes look at. */
  health?: HealthOptions;
  /** Called when readiness ends, before the drain pause; tells clients that ask by other ways than HTTP. */
  onDrain?: () => void;
  parts: Part[];
}

/**
 * Starts the parts in order and keeps them up until SIGTERM or SIGINT; then not ready, drain pause, stops newest first, exit 0. Where a part
 * cannot start, or one does not stop in time, or there is a bug that nobody caught, the exit code is 1.
 */
export async function startService({ name, settings, log, health: checks = {}, onDrain, parts }: ServiceOptions) {
  registry.setDefaultLabels({ service: name });
  observeEventLoop();
  observeDefences(log);
  const probes = health(checks);
  const ops = { name: 'probes', start: () => probes.listen(settings.OPS_PORT, settings.HOST), stop: probes.close };
  const all = lifetime([tracing(name, settings.OTEL_EXPORTER_OTLP_ENDPOINT), ops, ...parts], log);
  let pauseMs = 0;
  let ending: Promise<void> | undefined;
  const end = (code: number): Promise<void> => {
    ending ??= shutDown({
      all,
      drain: [probes.drain, onDrain],
      pauseMs,
      deadlineMs: settings.STOP_DEADLINE_MS,
      log,
      code,
    });
    return ending;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));
  endWithBugs(log);
  try {
    await all.start();
  } catch (error) {
    log.fatal({ err: error, part: all.busy() }, 'could not start');
    return end(1);
  }
  if (ending) return ending;
  pauseMs = settings.DRAIN_DELAY_MS;
  probes.started();
  log.info({ duration_ms: Math.round(process.uptime() * 1000) }, 'ready');
}

interface ShutDown {
  all: ReturnType<typeof lifetime>;
  drain: ((() => void) | undefined)[];
  pauseMs: number;
  deadlineMs: number;
  log: Logger;
  code: number;
}

async function shutDown({ all, drain, pauseMs, deadlineMs, log, code }: ShutDown): Promise<void> {
  log.info('draining');
  for (const tell of drain) tell?.();
  await delay(pauseMs);
  setTimeout(() => {
    log.error({ part: all.busy() }, 'did not stop in time');
    process.exit(1);
  }, deadlineMs);
  await all.stop();
  log.info('stopped');
  process.exit(code);
}

function endWithBugs(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error, action: event }, 'a bug ended the process');
      process.exit(1);
    });
  }
}

function tracing(name: string, endpoint?: string): Part {
  let stop: (() => Promise<void>) | undefined;
  return {
    name: 'tracing',
    start: async () => {
      ({ stop } = await startTracing(name, endpoint));
    },
    stop: () => stop?.(),
  };
}

function observeEventLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  gauge('nodejs_eventloop_lag_p99_seconds', '99th percentile of event loop delay since the last scrape', [], (lag) => {
    lag.set(delays.percentile(99) / 1e9);
    delays.reset();
  });
}
