/** Brings a service up in order, and down in reverse. */
import { flushCompileCache } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LogLevel, Ms, Port, Switch, Type } from '@chandlery/config';
import { type HealthOptions, health, type OpsPages } from '@chandlery/health';
import { defences } from '@chandlery/resilience';
import { gauge, type Logger, observeDefences, registry, startTracing } from '@chandlery/telemetry';
import { ending, endWithBugs } from './ending.ts';
import { faultPages } from './faults.ts';
import { lifetime, type Part } from './lifetime.ts';
import { Defences, switchPages, turnOff } from './switches.ts';

export type { OpsPages } from '@chandlery/health';
export type { Part } from './lifetime.ts';

/** What every service can be told. */
export const ServiceSettings = {
  /** Address to bind. */
  HOST: Type.String({ default: '0.0.0.0' }),
  /** Probes, metrics and pages for operators. */
  OPS_PORT: Port(9464),
  LOG_LEVEL: LogLevel(),
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
  /** Defences to do without, to see what they are for: `breaker,retry-budget`. */
  DEFENCES_OFF: Defences(),
  /** Whether operators may break things, and turn defences off while it runs. */
  FAULTS_ENABLED: Switch(false),
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
    DEFENCES_OFF: string;
    FAULTS_ENABLED: boolean;
  };
  log: Logger;
  /** What the probes look at. */
  health?: Omit<HealthOptions, 'pages'>;
  /** What operators can see and set on the ops port. */
  pages?: OpsPages;
  /** Called when readiness ends, before the drain pause; tells clients to go elsewhere. */
  onDrain?: () => void;
  parts: Part[];
}

/**
 * Starts the parts in order and keeps them up until SIGTERM or SIGINT; then not ready, drain pause, stops newest first, exit 0. Where a part
 * cannot start, or one does not stop in time, or there is a bug that nobody caught, the exit code is 1.
 */
export async function startService({
  name,
  settings,
  log,
  health: checks = {},
  pages = {},
  onDrain,
  parts,
}: ServiceOptions) {
  registry.setDefaultLabels({ service: name });
  observeEventLoop();
  observeDefences(log, defences);
  turnOff(settings.DEFENCES_OFF);
  endWithBugs(log);
  const { FAULTS_ENABLED: allowed } = settings;
  const probes = health({ ...checks, pages: { ...switchPages(allowed), ...faultPages(allowed, log), ...pages } });
  const ops = { name: 'probes', start: () => probes.listen(settings.OPS_PORT, settings.HOST), stop: probes.close };
  const all = lifetime([tracing(name, settings), ops, ...parts], log);
  const drain = () => {
    probes.drain();
    onDrain?.();
  };
  const { end, begun } = ending({ all, drain, deadlineMs: settings.STOP_DEADLINE_MS, log });
  let pauseMs = 0; // nobody sends us anything before we are ready
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0, pauseMs));
  try {
    await all.start();
  } catch (error) {
    log.fatal({ err: error, part: all.busy() }, 'could not start');
    await end(1, pauseMs);
  }
  if (begun()) return;
  pauseMs = settings.DRAIN_DELAY_MS;
  // where NODE_COMPILE_CACHE is set Node writes it at the exit, which would hold peers that wait for our connections to end
  flushCompileCache();
  probes.started();
  log.info({ duration_ms: Math.round(process.uptime() * 1000) }, 'ready');
}

function tracing(name: string, settings: ServiceOptions['settings']): Part {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const { OTEL_BSP_SCHEDULE_DELAY: delayMs, OTEL_TRACES_SAMPLER_ARG: ratio } = settings;
  let stop: (() => Promise<void>) | undefined;
  return {
    name: 'tracing',
    start: async () => {
      ({ stop } = startTracing(name, { endpoint, delayMs, ratio }));
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
